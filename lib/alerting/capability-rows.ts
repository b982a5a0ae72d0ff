import { Duration } from 'aws-cdk-lib';
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { type MetricContract, metrics } from '../../core/kernel/metrics.ts';
import { planeMetric, type Told } from '../platform/plane-metric.ts';
import { Workflow } from '../platform/workflow.ts';
import { graph, rowTitle } from './widgets.ts';

type How = Omit<Told<string>, 'by' | 'period'>;

/** Metrics of one stage; every one over five minutes, so that graphs can be laid beside each other. */
const reading = (scope: IConstruct) => {
  const read = <By extends string>(metric: MetricContract<By>, how: Told<By>): IMetric =>
    planeMetric(scope, metric, { period: Duration.minutes(5), ...how });
  return {
    of: (metric: MetricContract<never>, label: string, statistic: How['statistic'] = 'Sum') =>
      read(metric, { statistic, label }),
    facts: (Kind: string, label: string) => read(metrics.facts, { statistic: 'Sum', label, by: { Kind } }),
    holdsBy: (by: { Signal: string } | { Severity: string }, label: string) =>
      read(metrics.holdsPlaced, { statistic: 'Sum', label, by }),
  };
};

type Reading = ReturnType<typeof reading>;

const intake = ({ facts }: Reading, workflow: Workflow): IWidget[] => {
  const { machine } = workflow;
  const period = Duration.minutes(5);
  const taking = (statistic: string) => machine.metricTime({ statistic, period, label: statistic });
  return [
    graph({
      title: 'Uploads and their answers',
      axis: 'per 5 minutes',
      width: 12,
      left: [
        machine.metricStarted({ statistic: 'Sum', period, label: 'workflows started' }),
        facts('registry.version-registered', 'registered'),
        facts('intake.version-rejected', 'rejected'),
      ],
    }),
    graph({
      title: 'Time from manifest to answer',
      axis: 'milliseconds',
      width: 12,
      left: [taking('p50'), taking('p95')],
    }),
  ];
};

const rollouts = ({ of, facts }: Reading): IWidget[] => [
  graph({
    title: 'Rollouts',
    axis: 'per 5 minutes',
    width: 8,
    left: [
      facts('rollout.started', 'started'),
      facts('rollout.completed', 'completed'),
      facts('rollout.rolled-back', 'rolled back'),
      facts('rollout.paused', 'paused'),
      facts('rollout.refused', 'refused'),
      facts('rollout.bypassed', 'bypassed'),
    ],
  }),
  graph({
    title: 'Admission',
    axis: 'answers per 5 minutes',
    width: 8,
    left: [facts('admission.version-admitted', 'yes'), facts('admission.version-denied', 'no')],
  }),
  graph({
    title: 'Longest that a running rollout has been held',
    axis: 'seconds',
    width: 8,
    left: [of(metrics.rolloutHeldLongest, 'longest', 'Maximum')],
  }),
];

const holds = ({ facts, holdsBy }: Reading): IWidget[] => [
  graph({
    title: 'Holds placed, by what placed them',
    axis: 'per 5 minutes',
    width: 12,
    left: ['drift', 'slo', 'rollout', 'verification', 'person'].map((Signal) => holdsBy({ Signal }, Signal)),
  }),
  graph({
    title: 'Holds placed and lifted',
    axis: 'per 5 minutes',
    width: 12,
    left: [
      ...['page', 'ticket'].map((Severity) => holdsBy({ Severity }, `placed: ${Severity}`)),
      facts('hold.lifted', 'lifted'),
    ],
  }),
];

const LIMIT = { value: 1, label: 'limit' };

const checks = ({ of }: Reading): IWidget[] => [
  graph({
    title: 'Scheduled checks of models',
    axis: 'models and budgets per 5 minutes',
    width: 6,
    left: [
      of(metrics.checksDone, 'done'),
      of(metrics.checksFailed, 'failed'),
      of(metrics.budgetsBurningSlowly, 'budgets that burn slowly'),
      of(metrics.deploymentsSilent, 'deployments without events'),
    ],
  }),
  graph({
    title: 'Model that waits longest for a check',
    axis: 'seconds',
    width: 6,
    left: [of(metrics.checkAge, 'longest', 'Maximum')],
  }),
  graph({
    title: 'Largest drift of any model',
    axis: 'share of its limit',
    width: 6,
    left: [of(metrics.driftWorst, 'worst', 'Maximum')],
    limit: LIMIT,
  }),
  graph({
    title: 'Fastest burn of any error budget',
    axis: 'share of its limit',
    width: 6,
    left: [of(metrics.burnWorst, 'worst', 'Maximum')],
    limit: LIMIT,
  }),
];

const verification = ({ of }: Reading): IWidget[] => [
  graph({
    title: 'Registered versions looked at again',
    axis: 'versions per run',
    width: 8,
    left: [
      of(metrics.versionsVerified, 'verified', 'Maximum'),
      of(metrics.versionsUnverified, 'could not be, or wait too long', 'Maximum'),
      of(metrics.versionsAltered, 'altered', 'Maximum'),
    ],
  }),
  graph({
    title: 'Version that waits longest to be looked at, and to be hashed again',
    axis: 'seconds',
    width: 8,
    left: [
      of(metrics.verificationAge, 'beyond its turn', 'Maximum'),
      of(metrics.hashAge, 'since all of it was hashed', 'Maximum'),
    ],
  }),
  graph({
    title: 'Bytes hashed again',
    axis: 'bytes per 5 minutes',
    width: 8,
    left: [of(metrics.bytesHashed, 'read')],
  }),
];

const telemetry = ({ of }: Reading): IWidget[] => [
  graph({ title: 'Inference events', axis: 'per 5 minutes', width: 8, left: [of(metrics.eventsCounted, 'counted')] }),
  graph({
    title: 'What does not count',
    axis: 'per 5 minutes',
    width: 8,
    left: [
      of(metrics.eventsRefused, 'events refused'),
      of(metrics.linesBroken, 'lines broken'),
      of(metrics.capturesQuarantined, 'files set aside'),
    ],
  }),
  graph({
    title: 'Time from a capture file to its summary',
    axis: 'milliseconds',
    width: 8,
    left: [of(metrics.captureLag, 'p50', 'p50'), of(metrics.captureLag, 'longest', 'Maximum')],
  }),
];

/** @throws when the plane has no workflow of that name */
const workflowBelow = (plane: IConstruct, name: string): Workflow => {
  const found = plane.node.findAll().find((child) => child instanceof Workflow && child.name === name);
  if (found === undefined) throw new Error(`${plane.node.path} has no workflow ${name}`);
  return found as Workflow;
};

/** The way of a version, from its upload to what watches it. */
export const capabilityRows = (scope: IConstruct, plane: IConstruct): IWidget[][] => {
  const read = reading(scope);
  return [
    [rowTitle('Intake', 'intake.md')],
    intake(read, workflowBelow(plane, 'intake')),
    [rowTitle('Rollouts and admission', 'rollout.md')],
    rollouts(read),
    [rowTitle('Holds', 'hold.md')],
    holds(read),
    [rowTitle('Checks', 'monitor.md')],
    checks(read),
    [rowTitle('Verification', 'verification.md')],
    verification(read),
    [rowTitle('Telemetry', 'telemetry.md')],
    telemetry(read),
    [rowTitle('The plane itself', 'plane.md')],
  ];
};
