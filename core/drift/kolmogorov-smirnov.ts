import type { Sketch } from '../telemetry/contract.ts';

/** The largest distance between two distribution functions, as far as it is known. */
export type KsDistance = {
  /** The largest at the edges of bins: the true distance is at least this. */
  readonly low: number;
  /** The true distance is at most this: within a bin the functions may part by what is in it. */
  readonly high: number;
};

type Step = { readonly reference: number; readonly current: number };

/** Both sketches bin by bin, in the order of values, at the resolution of the coarser one. */
const stepsOf = (reference: Sketch, current: Sketch): Step[] => {
  const level = Math.max(reference.level, current.level);
  const steps = new Map<number, { reference: number; current: number }>();
  for (const side of ['reference', 'current'] as const) {
    const sketch = side === 'reference' ? reference : current;
    for (const [own, count] of sketch.pairs()) {
      const bin = own >> (level - sketch.level);
      const step = steps.get(bin) ?? { reference: 0, current: 0 };
      step[side] += count;
      steps.set(bin, step);
    }
  }
  return [...steps].sort(([a], [b]) => a - b).map(([, step]) => step);
};

/** The two-sample Kolmogorov–Smirnov distance of two sketches, both with values. */
export const ksOfSketches = (reference: Sketch, current: Sketch): KsDistance => {
  let [expected, actual, low, high] = [0, 0, 0, 0];
  for (const step of stepsOf(reference, current)) {
    const [expectedAfter, actualAfter] = [
      expected + step.reference / reference.count,
      actual + step.current / current.count,
    ];
    low = Math.max(low, Math.abs(expectedAfter - actualAfter));
    // Within the bin one function may have risen before the other one began to.
    high = Math.max(high, expectedAfter - actual, actualAfter - expected);
    [expected, actual] = [expectedAfter, actualAfter];
  }
  return { low, high: Math.min(1, high) };
};

/** The two-sample distance of two lists of values, exactly. */
export const ksOfSamples = (reference: readonly number[], current: readonly number[]): number => {
  const [a, b] = [reference.toSorted((x, y) => x - y), current.toSorted((x, y) => x - y)];
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] as number, b[j] as number);
    while (i < a.length && (a[i] as number) === value) i += 1;
    while (j < b.length && (b[j] as number) === value) j += 1;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
};

/** Up to this many steps of the exact count; above it the limit is as good. */
const MOST_EXACT = 1_000_000;

/**
 * The share of the ways to interleave two samples of one continuous distribution that part by `distance` somewhere:
 * a count of lattice paths, all of whose terms are positive, so that small values keep their digits. Hodges (1958).
 */
const exactP = (distance: number, n: number, m: number): number => {
  const limit = Math.round(distance * n * m);
  const touched = new Float64Array(m + 1);
  for (let i = 0; i <= n; i += 1)
    for (let j = 0; j <= m; j += 1) {
      if (Math.abs(i * m - j * n) >= limit) touched[j] = 1;
      else if (i + j > 0) {
        const down = i === 0 ? 0 : (touched[j] as number) * i;
        const left = j === 0 ? 0 : (touched[j - 1] as number) * j;
        touched[j] = (down + left) / (i + j);
      }
    }
  return touched[m] as number;
};

/** Kolmogorov's limit with Stephens' correction for finite samples (1970). */
const limitP = (distance: number, n: number, m: number): number => {
  const root = Math.sqrt((n * m) / (n + m));
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  // Below this the series converges too slowly, and the value is 1 to nine digits.
  if (lambda < 0.2) return 1;
  let total = 0;
  for (let k = 1; k <= 100; k += 1) total += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, total));
};

/**
 * The probability that two samples of one continuous distribution, of `n` and `m` independent values, part by
 * `distance` or more. Exact for small samples, as SciPy's `ks_2samp` is up to 10,000.
 */
export const ksPValue = (distance: number, n: number, m: number): number => {
  if (distance <= 0) return 1;
  return n * m <= MOST_EXACT ? exactP(distance, n, m) : limitP(distance, n, m);
};
