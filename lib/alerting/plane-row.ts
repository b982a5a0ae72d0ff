import { Duration } from 'aws-cdk-lib';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { metrics } from '../../core/kernel/metrics.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { DeadLetterQueue } from '../platform/governed-queue.ts';
import { planeMetric } from '../platform/plane-metric.ts';
import { Workflow } from '../platform/workflow.ts';
import { graph } from './widgets.ts';

const period = Duration.minutes(5);

type Type<Kind> = abstract new (...values: never[]) => Kind;
const every = <Kind>(plane: IConstruct, type: Type<Kind>): Kind[] =>
  plane.node.findAll().filter((child): child is IConstruct & Kind => child instanceof type);

/** `Intake / ManifestArrived / Undelivered`: what a construct is called below the plane. */
const pathBelow = (plane: IConstruct, { node }: IConstruct): string =>
  node.path.slice(plane.node.path.length + 1).replaceAll('/', ' / ');

const workflows = (plane: IConstruct): IMetric[] =>
  every(plane, Workflow).flatMap(({ name, machine }) => [
    machine.metricFailed({ statistic: 'Sum', period, label: `${name} failed` }),
    machine.metricTimedOut({ statistic: 'Sum', period, label: `${name} timed out` }),
    machine.metricAborted({ statistic: 'Sum', period, label: `${name} stopped by hand` }),
  ]);

/** What goes wrong in the plane, whatever it does just then: one line for each function, workflow and queue. */
export const planeRow = (plane: IConstruct): IWidget[] => {
  const functions = every(plane, GovernedFunction);
  const lines = (metric: (one: GovernedFunction) => IMetric) => functions.map(metric);
  return [
    graph({
      title: 'Function errors',
      axis: 'per 5 minutes',
      width: 8,
      left: lines(({ entry, function: one }) => one.metricErrors({ statistic: 'Sum', period, label: entry })),
    }),
    graph({
      title: 'Function throttles',
      axis: 'per 5 minutes',
      width: 8,
      left: lines(({ entry, function: one }) => one.metricThrottles({ statistic: 'Sum', period, label: entry })),
    }),
    graph({ title: 'Workflows that did not end', axis: 'per 5 minutes', width: 8, left: workflows(plane) }),
    graph({
      title: 'Dead letters that wait for a person',
      axis: 'messages',
      width: 8,
      left: every(plane, DeadLetterQueue).map((queue) =>
        queue.metricApproximateNumberOfMessagesVisible({
          statistic: 'Maximum',
          period,
          label: pathBelow(plane, queue),
        }),
      ),
    }),
    graph({
      title: 'Time from a change to its fact on the bus, and in the audit log',
      axis: 'milliseconds',
      width: 8,
      left: [
        planeMetric(plane, metrics.factLag, { statistic: 'p50', period, label: 'p50' }),
        planeMetric(plane, metrics.factLag, { statistic: 'Maximum', period, label: 'longest' }),
        planeMetric(plane, metrics.logLag, { statistic: 'Maximum', period, label: 'longest, in the log' }),
      ],
    }),
    graph({
      title: 'Facts in the audit log',
      axis: 'per 5 minutes',
      width: 8,
      left: [planeMetric(plane, metrics.factsLogged, { statistic: 'Sum', period, label: 'logged' })],
    }),
  ];
};
