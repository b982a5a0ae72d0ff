import type { Reason } from '../kernel/reason.ts';
import { type Excess, excess, rateBounds, type Stratum } from './excess.ts';
import type { Judgement, JudgeRules, Reference, Window } from './judgement.ts';

export type Trial = {
  /** Since the step began, each request in one of them. */
  readonly windows: readonly Window[];
  readonly rules: JudgeRules;
  /** Of the whole rollout: each step may err that much less. */
  readonly steps: number;
  /** Availability objective of the deployment, for example 0.999. */
  readonly availability: number;
  readonly elapsedSeconds: number;
  readonly bakeSeconds: number;
  /** Of the last step that had a baseline. */
  readonly reference?: Reference | undefined;
};

const METRICS = ['errors', 'slow'] as const;
type Metric = (typeof METRICS)[number];

/** Each step tests two metrics, and each test may also rest on the reference of an earlier step: four ways to err. */
const WAYS = 4;

const strataOf = (windows: readonly Window[], metric: Metric): Stratum[] =>
  windows.map(({ canary, baseline }) => ({
    canary: { requests: canary.requests, events: canary[metric] },
    baseline: { requests: baseline.requests, events: baseline[metric] },
  }));

const totals = (windows: readonly Window[], stream: 'canary' | 'baseline') =>
  windows.reduce(
    (sum, window) => ({
      requests: sum.requests + window[stream].requests,
      errors: sum.errors + window[stream].errors,
      slow: sum.slow + window[stream].slow,
    }),
    { requests: 0, errors: 0, slow: 0 },
  );

const referenceOf = (windows: readonly Window[], level: number): Reference | undefined => {
  const { requests, errors, slow } = totals(windows, 'baseline');
  const bounds = {
    errors: rateBounds({ requests, events: errors }, level),
    slow: rateBounds({ requests, events: slow }, level),
  };
  return bounds.errors === undefined || bounds.slow === undefined
    ? undefined
    : { errors: bounds.errors, slow: bounds.slow };
};

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const WHAT: Readonly<Record<Metric, string>> = { errors: 'fails', slow: 'is slower than the limit' };

const worse = (metric: Metric, { observed, low }: Excess, floor: number): Reason => ({
  rule: `rollout.canary-${metric}`,
  message: `the canary ${WHAT[metric]} more often than the baseline beside it, surely by ${percent(low)} of its requests`,
  found: percent(observed),
  allowed: percent(floor),
});

const unknown = (metric: Metric, { high }: Excess, margin: number, canary: number): Reason => ({
  rule: `rollout.${metric}-unproven`,
  message: `after ${canary} requests the canary may still be one that ${WHAT[metric]} more often`,
  found: `up to ${percent(high)}`,
  allowed: percent(margin),
  fix: 'Send it more traffic, or let it bake longer.',
});

const overspent = ({ allowance, surely }: Judgement['budget'], share: number): Reason => ({
  rule: 'rollout.budget-spent',
  message: 'the canary has spent more of its own error allowance than a rollout may',
  found: `${surely.toFixed(1)} of ${allowance.toFixed(1)} errors`,
  allowed: percent(share),
});

/** (1 − target) × the requests that the canary will have had at the end of the step, and never less than the minimum. */
const allowanceOf = ({ availability, elapsedSeconds, bakeSeconds, rules }: Trial, canary: number): number => {
  const planned = canary * Math.max(1, bakeSeconds / Math.max(1, elapsedSeconds));
  return Math.max(rules.minimumErrors, (1 - availability) * planned);
};

/**
 * Judges one step of a rollout by the canary's own stream against the baseline beside it, and may be asked at any time
 * and any number of times. A rollout of a version that is no worse is failed with probability at most `rules.alpha`
 * over all steps and looks.
 *
 * - fail: errors or slow requests are surely above the floor, or more of the error allowance is surely spent than the
 *   share at which a canary is stopped. What is spent is the excess over the baseline, so that an outage of both burns
 *   nothing; only the part of it that is proven counts, or one unlucky error in ten would stop every rollout.
 * - pass: an excess above the margin is ruled out for both.
 * - not enough data: neither; it moves nothing, in either direction.
 */
export const judge = (trial: Trial): Judgement => {
  const { windows, rules, steps, reference } = trial;
  const level = rules.alpha / (WAYS * steps);
  const canary = totals(windows, 'canary').requests;
  const measure = (metric: Metric) =>
    excess(strataOf(windows, metric), { low: level, high: rules.beta }, reference?.[metric]);
  const measured = { errors: measure('errors'), slow: measure('slow') };
  const budget = {
    allowance: allowanceOf(trial, canary),
    spent: Math.max(0, measured.errors.observed) * canary,
    surely: Math.max(0, measured.errors.low) * canary,
  };
  const faults = METRICS.filter((metric) => measured[metric].low > rules[metric].floor).map((metric) =>
    worse(metric, measured[metric], rules[metric].floor),
  );
  if (budget.surely >= rules.budgetShare * budget.allowance) faults.push(overspent(budget, rules.budgetShare));
  const doubts = METRICS.filter((metric) => measured[metric].high > rules[metric].margin).map((metric) =>
    unknown(metric, measured[metric], rules[metric].margin, canary),
  );
  const standing = referenceOf(windows, level) ?? reference;
  return {
    verdict: faults.length > 0 ? 'fail' : doubts.length > 0 ? 'not-enough-data' : 'pass',
    requests: { canary, baseline: totals(windows, 'baseline').requests },
    ...measured,
    budget,
    reasons: faults.length > 0 ? faults : doubts,
    ...(standing !== undefined && { reference: standing }),
  };
};
