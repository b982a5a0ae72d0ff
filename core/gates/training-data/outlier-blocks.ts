import type { Neighbours } from './neighbours.ts';
import type { TrainingSample } from './training-sample.ts';
import { STRICT, wilsonInterval } from './wilson.ts';

/** One block beside the others. Shares are of its rows. */
export type BlockFigure = {
  readonly block: string;
  readonly n: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
};

const FEWEST_ROWS = 10;
/** Nothing lies far out that is nearer than the usual spread of one column. */
const NEAR = 1;

const logs = (distances: Float64Array): Float64Array =>
  distances.map((distance) => Math.log(Math.max(distance, Number.MIN_VALUE)));

const quantileOf = (values: Iterable<number>): ((share: number) => number) => {
  const sorted = Float64Array.from(values).sort();
  return (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
};

/**
 * Rows that are far from a quarter of all, wherever those stand: above the median by five times what the lower quartile
 * is below it. The upper half says nothing, since a fifth of all rows may be planted.
 */
const farFromMost = (quarter: Float64Array): Uint8Array => {
  const apart = logs(quarter.map((distance) => Math.max(distance, NEAR)));
  const at = quantileOf(apart);
  const fence = at(0.5) + 5 * (at(0.5) - at(0.25));
  return Uint8Array.from(apart, (distance) => (distance > fence ? 1 : 0));
};

/** Tukey's outer bound of what the rows of other blocks lie apart, never less than `NEAR`. */
const fenceOf = (apart: readonly number[]): number => {
  const at = quantileOf(apart);
  return Math.max(at(0.75) + 1.5 * (at(0.75) - at(0.25)), Math.log(NEAR));
};

/**
 * For each block, the share of its rows that lie far out: further from the nearest rows of other blocks than those are
 * from the nearest of others, or far from most rows, which also shows what was planted in several blocks at once. Both
 * are asked near each row and by logarithms, so that neither the order of the rows, nor skewed features, nor a block
 * with few of the classes makes an outlier.
 */
export const outlierBlocks = (sample: TrainingSample, { outside, quarter }: Neighbours): BlockFigure[] => {
  const { blocks, blockNames } = sample;
  const [apart, lonely] = [logs(outside), farFromMost(quarter)];
  const rowsOf = Map.groupBy(apart.keys(), (row) => blocks[row] ?? 0);
  return [...rowsOf].flatMap(([block, rows]): BlockFigure[] => {
    const others = apart.filter((distance, row) => blocks[row] !== block && Number.isFinite(distance));
    if (rows.length < FEWEST_ROWS || others.length < FEWEST_ROWS) return [];
    const fence = fenceOf([...others]);
    const far = rows.filter((row) => (apart[row] ?? 0) > fence || lonely[row] === 1).length;
    const n = rows.length;
    return [{ block: blockNames[block] ?? '', n, share: far / n, ...wilsonInterval(far, n, STRICT) }];
  });
};
