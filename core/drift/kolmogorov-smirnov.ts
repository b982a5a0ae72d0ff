import { coarser, decodeBinCounts, type SketchForm } from '../telemetry/contract.ts';

/** The largest distance between two distribution functions, as far as it is known. */
export type KsDistance = {
  /** The largest at the edges of bins: the true distance is at least this. */
  readonly low: number;
  /** The true distance is at most this: within a bin the functions may part by what is in it. */
  readonly high: number;
};

const stepsOf = (form: SketchForm, level: number) => {
  const { bins, counts } = coarser(decodeBinCounts(form.bins), level - form.level);
  let at = 0;
  return {
    /** The next bin, beyond all bins at the end. */
    get bin() {
      return bins[at] ?? Number.POSITIVE_INFINITY;
    },
    /** The share of the values in a bin, if that is the next one. */
    take: (bin: number): number => (bins[at] === bin ? (counts[at++] as number) / form.count : 0),
  };
};

/** The two-sample Kolmogorov–Smirnov distance of two sketches, both with values. */
export const ksOfSketches = (reference: SketchForm, current: SketchForm): KsDistance => {
  const level = Math.max(reference.level, current.level);
  const [usual, seen] = [stepsOf(reference, level), stepsOf(current, level)];
  let [expected, actual, low, high] = [0, 0, 0, 0];
  for (let bin = Math.min(usual.bin, seen.bin); bin < Number.POSITIVE_INFINITY; bin = Math.min(usual.bin, seen.bin)) {
    const [expectedAfter, actualAfter] = [expected + usual.take(bin), actual + seen.take(bin)];
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
