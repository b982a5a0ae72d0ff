import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../bench/simulated-rollouts.ts';
import { excess, rateBounds, type Stratum } from '../../core/rollout/excess.ts';

const stratum = (canary: [number, number], baseline: [number, number]): Stratum => ({
  canary: { requests: canary[1], events: canary[0] },
  baseline: { requests: baseline[1], events: baseline[0] },
});

const count = (requests: number) =>
  fc.nat(requests).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)) as fc.Arbitrary<[number, number]>);
const strata = fc.array(
  fc.tuple(count(500), count(500)).map(([canary, baseline]) => stratum(canary, baseline)),
  {
    maxLength: 6,
  },
);
const levels = { low: 0.01, high: 0.01 };

/**
 * Clopper-Pearson bounds at 99 % for k of n (computed from the binomial tail). They hold for one look at a size that
 * was fixed before, so bounds that hold at every look lie outside of them, but not far.
 */
const FIXED: [number, number, number, number][] = [
  [20, 1000, 0.011126, 0.032886],
  [5, 100, 0.012969, 0.125852],
  [60, 2000, 0.021816, 0.040104],
  [0, 500, 0, 0.009168],
];

describe('bounds of the excess', () => {
  test.each(FIXED)(
    'for %i of %i events against a baseline without any, they are wider than those for one look',
    (events, requests, low, high) => {
      const found = excess([stratum([events, requests], [0, 100_000_000])], levels);

      expect(found.low).toBeLessThan(low + 1e-6);
      expect(found.high).toBeGreaterThan(high);
      expect(found.high - found.low).toBeLessThan(2.2 * (high - low) + 1.5 / requests);
    },
  );

  test('without a request, nothing is known', () => {
    expect(excess([], levels)).toEqual({ observed: 0, low: -1, high: 1 });
    expect(excess([stratum([0, 0], [3, 100])], levels)).toEqual({ observed: 0, low: -1, high: 1 });
  });

  test('contain what is observed when one minute is all there is', () => {
    fc.assert(
      fc.property(count(500), count(500), (canary, baseline) => {
        const { low, high, observed } = excess([stratum(canary, baseline)], levels);

        expect(low).toBeGreaterThanOrEqual(-1);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(observed + 1e-9);
        expect(high).toBeGreaterThanOrEqual(observed - 1e-9);
      }),
    );
  });

  test('do not depend on the order of the minutes', () => {
    fc.assert(
      fc.property(strata, (seen) => {
        const [forward, backward] = [excess(seen, levels), excess(seen.toReversed(), levels)];

        expect(backward.low).toBeCloseTo(forward.low, 6);
        expect(backward.high).toBeCloseTo(forward.high, 6);
      }),
    );
  });

  test('rise with every event of the canary, and fall with every event of the baseline', () => {
    fc.assert(
      fc.property(strata, count(500), count(500), (others, [k, n], [b, m]) => {
        fc.pre(k < n && b < m);
        const at = excess([...others, stratum([k, n], [b, m])], levels);
        const worse = excess([...others, stratum([k + 1, n], [b, m])], levels);
        const better = excess([...others, stratum([k, n], [b + 1, m])], levels);

        expect(worse.low).toBeGreaterThanOrEqual(at.low - 1e-9);
        expect(worse.high).toBeGreaterThanOrEqual(at.high - 1e-9);
        expect(better.low).toBeLessThanOrEqual(at.low + 1e-9);
        expect(better.high).toBeLessThanOrEqual(at.high + 1e-9);
      }),
    );
  });

  test('without a baseline beside it, only a reference can prove the canary worse', () => {
    const alone = [stratum([50, 1000], [0, 0])];

    const unproven = excess(alone, levels);
    const proven = excess(alone, levels, { low: 0.004, high: 0.006 });

    expect(unproven.low).toBe(-1);
    expect(proven.low).toBeGreaterThan(0.01);
    expect(proven.observed).toBeCloseTo(0.045);
  });

  test('an outage of both streams is no evidence, however the requests fell', () => {
    const calm = Array.from({ length: 9 }, () => stratum([0, 100], [0, 900]));
    const outage = stratum([60, 130], [405, 870]);

    const { low, observed } = excess([...calm, outage], levels);

    expect(low).toBeLessThan(0);
    expect(Math.abs(observed)).toBeLessThan(0.001);
  });
});

describe('looking every minute', () => {
  const LEVEL = 0.1;
  /** The share of streams in which a bound was ever on the wrong side of the truth. */
  const wrong = (excessRate: number, side: 'low' | 'high', streams = 200): number => {
    const random = seeded(11);
    const events = (n: number, p: number) => Array.from({ length: n }).filter(() => random() < p).length;
    const misses = Array.from({ length: streams }).filter(() => {
      const seen: Stratum[] = [];
      return Array.from({ length: 40 }).some(() => {
        const common = random() < 0.1 ? 0.3 : 0.02;
        seen.push(stratum([events(30, common + excessRate), 30], [events(60, common), 60]));
        const bounds = excess(seen, { low: LEVEL, high: LEVEL });
        return side === 'low' ? bounds.low > excessRate : bounds.high < excessRate;
      });
    });
    return misses.length / streams;
  };

  test.each([
    ['low', 0],
    ['low', 0.05],
    ['high', 0],
    ['high', 0.05],
  ] as const)('a %s bound is ever wrong about an excess of %d no more often than stated', (side, excessRate) => {
    const share = wrong(excessRate, side);

    expect(share).toBeLessThanOrEqual(LEVEL);
    expect(share).toBeGreaterThan(0);
  });
});

test.each([
  [20, 1000],
  [5, 100],
  [0, 500],
])('bounds of a rate from %i of %i events lie outside those for its exact distribution', (events, requests) => {
  const [, , low = 0, high = 0] = FIXED.find(([k, n]) => k === events && n === requests) ?? [];

  const bounds = rateBounds({ requests, events }, 0.01);

  expect(bounds?.low).toBeLessThanOrEqual(low);
  expect(bounds?.high).toBeGreaterThanOrEqual(high);
  expect((bounds?.high ?? 1) - (bounds?.low ?? 0)).toBeLessThan(2.1 * (high - low));
});
