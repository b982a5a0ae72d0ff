import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HARMS, HEALTHY, RULES, STEPS, share, simulateMany } from '../../bench/simulated-rollouts.ts';
import { judge, type Trial } from '../../core/rollout/judge.ts';
import type { Window } from '../../core/rollout/judgement.ts';

type Totals = { requests: number; errors?: number; slow?: number };

const window = (canary: Totals, baseline: Totals): Window => ({
  start: '2026-11-23T10:00:00.000Z',
  canary: { errors: 0, slow: 0, ...canary },
  baseline: { errors: 0, slow: 0, ...baseline },
});

const trial = (windows: readonly Window[], about: Partial<Trial> = {}): Trial => ({
  windows,
  rules: RULES,
  steps: 4,
  availability: 0.999,
  elapsedSeconds: 900,
  bakeSeconds: 900,
  ...about,
});

const rulesOf = ({ reasons }: ReturnType<typeof judge>) => reasons.map(({ rule }) => rule);

describe('the judge', () => {
  test('passes a canary that has shown enough, and says what it measured', () => {
    const found = judge(
      trial([window({ requests: 5000, errors: 20, slow: 100 }, { requests: 45_000, errors: 200, slow: 900 })]),
    );

    expect(found).toMatchObject({ verdict: 'pass', reasons: [], requests: { canary: 5000, baseline: 45_000 } });
    expect(found.errors.observed).toBeCloseTo(20 / 5000 - 200 / 45_000, 6);
  });

  test('of too few requests knows too little, and says of what', () => {
    const found = judge(trial([window({ requests: 50, errors: 1 }, { requests: 450, errors: 3 })]));

    expect(found.verdict).toBe('not-enough-data');
    expect(rulesOf(found)).toEqual(['rollout.errors-unproven', 'rollout.slow-unproven']);
  });

  test('without traffic neither passes nor fails', () => {
    expect(judge(trial([])).verdict).toBe('not-enough-data');
    expect(judge(trial([window({ requests: 0 }, { requests: 100_000, errors: 50_000 })])).verdict).toBe(
      'not-enough-data',
    );
  });

  test('fails a dead canary of one per cent after a handful of requests, with the numbers', () => {
    const found = judge(trial([window({ requests: 12, errors: 12 }, { requests: 1200, errors: 6 })]));

    expect(found.verdict).toBe('fail');
    expect(rulesOf(found)).toEqual(['rollout.canary-errors', 'rollout.budget-spent']);
    expect(found.reasons[0]).toMatchObject({ found: '99.50 %', allowed: '0.05 %' });
  });

  test('fails a canary that answers correctly but too late', () => {
    const found = judge(trial([window({ requests: 1000, slow: 200 }, { requests: 9000, slow: 450 })]));

    expect(found.verdict).toBe('fail');
    expect(rulesOf(found)).toEqual(['rollout.canary-slow']);
  });

  test('of an outage that both streams share says nothing', () => {
    const calm = window({ requests: 1000, errors: 3 }, { requests: 9000, errors: 27 });
    const outage = window({ requests: 1000, errors: 700 }, { requests: 9000, errors: 6300 });

    expect(judge(trial([calm, outage, calm])).verdict).not.toBe('fail');
  });

  test('stops a canary for its budget though its errors are below the floor', () => {
    const tolerant = { ...RULES, errors: { floor: 0.02, margin: 0.05 } };
    const seen = [window({ requests: 100_000, errors: 900 }, { requests: 900_000, errors: 4500 })];

    const strict = judge(trial(seen, { rules: tolerant, availability: 0.999 }));
    const lavish = judge(trial(seen, { rules: tolerant, availability: 0.9 }));

    expect([strict.verdict, lavish.verdict]).toEqual(['fail', 'pass']);
    expect(strict.budget.allowance).toBeCloseTo(100);
    expect(strict.budget.spent).toBeCloseTo(400);
    expect(strict.budget.surely).toBeLessThan(strict.budget.spent);
  });

  test('counts on the requests that the rest of the bake will bring, and on ten errors at least', () => {
    const early = trial([window({ requests: 1000 }, { requests: 9000 })], { elapsedSeconds: 90 });

    expect(judge({ ...early, availability: 0.99 }).budget.allowance).toBeCloseTo(100);
    expect(judge({ ...early, availability: 0.9999 }).budget.allowance).toBe(10);
  });

  test('compares the last step, which has no baseline, with what the baseline did before', () => {
    const mixed = judge(
      trial([window({ requests: 20_000, errors: 100, slow: 800 }, { requests: 20_000, errors: 100, slow: 800 })]),
    );
    const alone = (errors: number) =>
      judge(trial([window({ requests: 40_000, errors, slow: 1600 }, { requests: 0 })], { reference: mixed.reference }));

    expect(alone(200)).toMatchObject({ verdict: 'pass', reference: mixed.reference });
    expect(rulesOf(alone(1200))).toContain('rollout.canary-errors');
  });

  test('never judges more kindly for one more error', () => {
    const rank = { pass: 0, 'not-enough-data': 1, fail: 2 } as const;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), fc.nat(400), (requests, errors, beside) => {
        fc.pre(errors < requests);
        const at = (count: number) =>
          judge(trial([window({ requests, errors: count }, { requests: 20_000, errors: beside })])).verdict;

        expect(rank[at(errors + 1)]).toBeGreaterThanOrEqual(rank[at(errors)]);
      }),
    );
  });
});

describe('whole rollouts, judged every minute', () => {
  const HEALTHY_NAME = 'steady, 6000 requests a minute';
  const steady = HEALTHY[HEALTHY_NAME];
  const dead = HARMS['errors 0.5 % → 5 %'];

  test('of a version that is no worse are promoted, and stopped no more often than stated', () => {
    if (steady === undefined) throw new Error('no such scenario');

    const outcomes = simulateMany(steady, 150, 1);

    expect(share(outcomes, 'rolled back')).toBeLessThanOrEqual(RULES.alpha);
    expect(share(outcomes, 'promoted')).toBeGreaterThan(0.95);
  });

  test('of a version that fails one request in twenty are stopped in their first step', () => {
    if (dead === undefined) throw new Error('no such scenario');

    const outcomes = simulateMany(dead, 100, 2, STEPS);

    expect(outcomes.every(({ outcome, step }) => outcome === 'rolled back' && step === 0)).toBe(true);
  });
});
