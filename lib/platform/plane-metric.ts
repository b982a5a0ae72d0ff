import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { METRIC_NAMESPACE, type MetricContract, STAGE_DIMENSION } from '../../core/kernel/metrics.ts';
import { groundOf } from './ground.ts';

export type Told<By extends string> = {
  statistic: 'Sum' | 'Maximum' | 'p50' | 'p95';
  period?: Duration;
  label?: string;
  /** Which one of the values that it is counted by. */
  by?: { readonly [Name in By]?: string };
};

/** A metric that the plane writes itself, as alarms and dashboards read it. */
export const planeMetric = <By extends string>(
  scope: IConstruct,
  { name, by: names }: MetricContract<By>,
  { by, ...how }: Told<By>,
): Metric => {
  const chosen = Object.keys(by ?? {});
  if (chosen.length !== Math.min(1, names.length))
    throw new Error(
      `${name} is counted by one of ${names.join(', ') || 'nothing'}; found ${chosen.join(', ') || 'none'}`,
    );
  const dimensionsMap = { [STAGE_DIMENSION]: groundOf(scope).stage, ...by } as Record<string, string>;
  return new Metric({ namespace: METRIC_NAMESPACE, metricName: name, dimensionsMap, ...how });
};
