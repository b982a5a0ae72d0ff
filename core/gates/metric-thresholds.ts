import type { z } from 'zod';
import type { Manifest, Metric } from '../intake/manifest.ts';
import type { GateFinding, GateOutcome, MetricThreshold, RiskTier } from './contract.ts';

type DeclaredMetric = z.output<typeof Metric>;

const boundsOf = ({ minimum, maximum }: MetricThreshold): string =>
  [minimum === undefined ? [] : `at least ${minimum}`, maximum === undefined ? [] : `at most ${maximum}`]
    .flat()
    .join(' and ');

const within = (low: number, high: number, { minimum, maximum }: MetricThreshold): boolean =>
  (minimum === undefined || low >= minimum) && (maximum === undefined || high <= maximum);

/** The whole interval must lie within: a value that only probably reaches the threshold is not shown to reach it. */
const judge = ({ value, n, interval }: DeclaredMetric, threshold: MetricThreshold): [GateOutcome, string] => {
  if (!within(value, value, threshold)) return ['fail', `is ${value}`];
  if (threshold.minimumN !== undefined && n === undefined) return ['not-enough-evidence', 'has no sample size'];
  if (threshold.minimumN !== undefined && n !== undefined && n < threshold.minimumN)
    return ['not-enough-evidence', `rests on ${n} samples, ${threshold.minimumN} are asked for`];
  if (interval !== undefined && !within(interval.low, interval.high, threshold))
    return [
      'not-enough-evidence',
      `is ${value}, but its interval of ${interval.low} to ${interval.high} is not within`,
    ];
  return ['pass', `is ${value}`];
};

const FIXES: Record<GateOutcome, string | undefined> = {
  pass: undefined,
  fail: 'Improve the model; the threshold stands in the stage configuration.',
  'not-enough-evidence': 'Measure on more samples, and state the sample size.',
};

const finding = (metric: DeclaredMetric, index: number, threshold: MetricThreshold): GateFinding => {
  const [outcome, says] = judge(metric, threshold);
  const { n, interval } = metric;
  const fix = FIXES[outcome];
  return {
    gate: 'metrics.threshold',
    outcome,
    message: `${metric.name}${metric.dataset === undefined ? '' : ` on ${metric.dataset}`} ${says}`,
    path: `$.metrics[${index}]`,
    measured: metric.value,
    threshold: boundsOf(threshold),
    ...(n === undefined ? {} : { n }),
    ...(interval === undefined ? {} : { interval }),
    ...(fix === undefined ? {} : { fix }),
  };
};

const undeclared = (threshold: MetricThreshold): GateFinding => ({
  gate: 'metrics.threshold',
  outcome: 'not-enough-evidence',
  message: `the stage asks for ${threshold.metric}, which is not declared`,
  path: '$.metrics',
  threshold: boundsOf(threshold),
  fix: `Measure ${threshold.metric} and declare it.`,
});

/** Declared metrics against the stage's thresholds; a metric declared on several data sets must hold on each. */
export const metricFindings = (
  manifest: Manifest,
  tier: RiskTier,
  thresholds: readonly MetricThreshold[],
): GateFinding[] =>
  thresholds
    .filter(({ model, tiers }) => (model === '*' || model === manifest.model) && tiers.includes(tier))
    .flatMap((threshold) => {
      const findings = (manifest.metrics ?? []).flatMap((metric, index) =>
        metric.name === threshold.metric ? finding(metric, index, threshold) : [],
      );
      return findings.length > 0 ? findings : [undeclared(threshold)];
    });
