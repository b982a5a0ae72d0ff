type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds' | 'None';

/** A metric that the plane writes itself: of the whole stage, or of the stage by each of `by` separately. */
export type MetricContract<By extends string = string> = {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly by: readonly By[];
};

/** Where measured values go: a port, since core logs nothing. */
export type Measure = <By extends string>(
  metric: MetricContract<By>,
  value: number,
  ...by: [By] extends [never] ? [] : [Readonly<Record<By, string>>]
) => void;

const defineMetric = <const By extends string = never>(
  name: string,
  unit: MetricUnit,
  by: readonly By[] = [],
): MetricContract<By> => ({ name, unit, by });

export const METRIC_NAMESPACE = 'Clearance';
/** The dimension of every metric. */
export const STAGE_DIMENSION = 'Stage';

/**
 * All of them, about the whole plane. Each value of a dimension is billed as a metric of its own: a model, a version or a
 * feature is never one, and what is has few values, all written in this repository.
 */
export const metrics = {
  /** By type without its version, such as `rollout.completed`. */
  facts: defineMetric('Facts', 'Count', ['Kind']),
  /** From the change of state to the bus. */
  factLag: defineMetric('FactLag', 'Milliseconds'),
  /** Facts that were appended to the audit log, and how long the one that waited longest did. */
  factsLogged: defineMetric('FactsLogged', 'Count'),
  logLag: defineMetric('LogLag', 'Milliseconds'),
  /** By what placed it: the capability of a signal, such as `drift`, or `person`. */
  holdsPlaced: defineMetric('HoldsPlaced', 'Count', ['Severity', 'Signal']),
  /** Of the running rollout that has rested longest. */
  rolloutHeldLongest: defineMetric('RolloutHeldLongest', 'Seconds'),
  /** Deployed models that a scheduled check looked at, and those that it could not. */
  checksDone: defineMetric('ChecksDone', 'Count'),
  checksFailed: defineMetric('ChecksFailed', 'Count'),
  /** Of the model that waited longest for a check. */
  checkAge: defineMetric('CheckAge', 'Seconds'),
  /** Of each model checked: the largest drift and the fastest burn of an error budget, as shares of their limits. */
  driftWorst: defineMetric('DriftWorst', 'None'),
  burnWorst: defineMetric('BurnWorst', 'None'),
  /** Deployments that were asked, and are not any more. */
  deploymentsSilent: defineMetric('DeploymentsSilent', 'Count'),
  /** Error budgets that burn too fast for days and too slowly to hold anything. */
  budgetsBurningSlowly: defineMetric('BudgetsBurningSlowly', 'Count'),
  /** Registered versions that were looked at again, that could not be or wait too long for it, and that are altered. */
  versionsVerified: defineMetric('VersionsVerified', 'Count'),
  versionsUnverified: defineMetric('VersionsUnverified', 'Count'),
  versionsAltered: defineMetric('VersionsAltered', 'Count'),
  /** Of the version that waited longest beyond its turn, and of the one whose bytes were not hashed for longest. */
  verificationAge: defineMetric('VerificationAge', 'Seconds'),
  hashAge: defineMetric('HashAge', 'Seconds'),
  bytesHashed: defineMetric('BytesHashed', 'Count'),
  /** Of capture files: events that count, events that do not, lines that are none, files set aside. */
  eventsCounted: defineMetric('EventsCounted', 'Count'),
  eventsRefused: defineMetric('EventsRefused', 'Count'),
  linesBroken: defineMetric('LinesBroken', 'Count'),
  capturesQuarantined: defineMetric('CapturesQuarantined', 'Count'),
  /** From the upload of a capture file to its summary. */
  captureLag: defineMetric('CaptureLag', 'Milliseconds'),
} as const;
