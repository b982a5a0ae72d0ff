import { judge } from '../core/rollout/judge.ts';
import { JudgeRules, type Reference, type Window } from '../core/rollout/judgement.ts';

/** Uniform numbers in [0, 1) that are the same for the same seed (mulberry32). */
export const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** Exact, by inversion; in halves where the smallest probability would underflow. */
const binomial = (n: number, p: number, random: () => number): number => {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (n * p > 200) return binomial(n >> 1, p, random) + binomial(n - (n >> 1), p, random);
  let mass = (1 - p) ** n;
  let below = mass;
  const drawn = random();
  let k = 0;
  while (drawn > below && k < n) {
    k += 1;
    mass *= ((n - k + 1) / k) * (p / (1 - p));
    below += mass;
  }
  return k;
};

/** What a service does in one minute: the share of requests that fail, and that are slow. */
type Minute = { readonly errors: number; readonly slow: number };

export type Scenario = {
  readonly requestsPerMinute: number;
  readonly baseline: (minute: number, random: () => number) => Minute;
  /** Given what the baseline does in the same minute. */
  readonly canary: (baseline: Minute) => Minute;
};

export const STEPS = [0.01, 0.1, 0.5, 1];
const BAKE_MINUTES = 15;
const PATIENCE_MINUTES = 120;
export const RULES = JudgeRules.parse({});

export type Outcome = {
  readonly outcome: 'rolled back' | 'promoted' | 'undecided';
  readonly minute: number;
  readonly step: number;
};

const minuteOf = (scenario: Scenario, share: number, minute: number, random: () => number): Window => {
  const rates = scenario.baseline(minute, random);
  const canaryRates = scenario.canary(rates);
  const canary = binomial(scenario.requestsPerMinute, share, random);
  const stream = (requests: number, { errors, slow }: Minute) => ({
    requests,
    errors: binomial(requests, errors, random),
    slow: binomial(requests, slow, random),
  });
  return {
    start: new Date(minute * 60_000).toISOString(),
    canary: stream(canary, canaryRates),
    baseline: stream(scenario.requestsPerMinute - canary, rates),
  };
};

/** One rollout, judged every minute: promoted after the bake if it passes, rolled back the minute it fails. */
export const simulateRollout = (scenario: Scenario, random: () => number, steps = STEPS): Outcome => {
  let minute = 0;
  let reference: Reference | undefined;
  for (const [step, share] of steps.entries()) {
    const windows: Window[] = [];
    for (let elapsed = 1; ; elapsed += 1, minute += 1) {
      windows.push(minuteOf(scenario, share, minute, random));
      const { verdict, reference: standing } = judge({
        windows,
        rules: RULES,
        steps: steps.length,
        availability: 0.999,
        elapsedSeconds: elapsed * 60,
        bakeSeconds: BAKE_MINUTES * 60,
        reference,
      });
      if (verdict === 'fail') return { outcome: 'rolled back', minute: elapsed, step };
      if (elapsed >= PATIENCE_MINUTES) return { outcome: 'undecided', minute: elapsed, step };
      if (elapsed < BAKE_MINUTES || verdict !== 'pass') continue;
      reference = standing;
      break;
    }
  }
  return { outcome: 'promoted', minute, step: steps.length - 1 };
};

const steady = (): Minute => ({ errors: 0.005, slow: 0.05 });
/** Rates that wander over two orders of magnitude, and an outage of both streams about once an hour. */
const stormy = (minute: number, random: () => number): Minute => {
  const swing = 10 ** Math.sin(minute / 9);
  const outage = random() < 1 / 60;
  return { errors: outage ? 0.4 : 0.003 * swing, slow: outage ? 0.8 : Math.min(0.3, 0.03 * swing) };
};
const same = (rates: Minute): Minute => rates;

export const HEALTHY: Readonly<Record<string, Scenario>> = {
  'steady, 6000 requests a minute': { requestsPerMinute: 6000, baseline: steady, canary: same },
  'steady, 300 requests a minute': { requestsPerMinute: 300, baseline: steady, canary: same },
  'no errors at all': { requestsPerMinute: 6000, baseline: () => ({ errors: 0, slow: 0.01 }), canary: same },
};

/** The last step has no baseline beside it, so outages of both streams are only told apart before it. */
export const STORMY: Scenario = { requestsPerMinute: 6000, baseline: stormy, canary: same };
export const MIXED_STEPS = [0.01, 0.1, 0.5];

const failing = (errors: number): Scenario => ({
  requestsPerMinute: 6000,
  baseline: steady,
  canary: ({ slow }) => ({ errors, slow }),
});
const slower = (slow: number): Scenario => ({
  requestsPerMinute: 6000,
  baseline: steady,
  canary: ({ errors }) => ({ errors, slow }),
});

export const HARMS: Readonly<Record<string, Scenario>> = {
  'errors 0.5 % → 1 %': failing(0.01),
  'errors 0.5 % → 2 %': failing(0.02),
  'errors 0.5 % → 5 %': failing(0.05),
  'slow requests 5 % → 8 %': slower(0.08),
  'slow requests 5 % → 15 %': slower(0.15),
};

export const simulateMany = (scenario: Scenario, count: number, seed: number, steps = STEPS): Outcome[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, () => simulateRollout(scenario, random, steps));
};

export const share = (outcomes: readonly Outcome[], wanted: Outcome['outcome']): number =>
  outcomes.filter(({ outcome }) => outcome === wanted).length / outcomes.length;
