import type { Clock } from '../../core/kernel/clock.ts';
import { METRIC_NAMESPACE, type Measure, STAGE_DIMENSION } from '../../core/kernel/metrics.ts';

export type MeasurePorts = { readonly stage: string; readonly clock: Clock; readonly write?: (line: string) => void };

/**
 * Writes metrics as log lines in CloudWatch's embedded metric format: no call, no permission, nothing that can fail.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const measureIn =
  ({ stage, clock, write = console.log }: MeasurePorts): Measure =>
  (metric, value, ...[by]) => {
    const directive = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: metric.by.length === 0 ? [[STAGE_DIMENSION]] : metric.by.map((name) => [STAGE_DIMENSION, name]),
      Metrics: [{ Name: metric.name, Unit: metric.unit }],
    };
    const _aws = { Timestamp: clock.now().getTime(), CloudWatchMetrics: [directive] };
    write(JSON.stringify({ _aws, [STAGE_DIMENSION]: stage, ...by, [metric.name]: value }));
  };
