import type { Neighbours } from './neighbours.ts';
import { FEWEST_ROWS, type TrainingSample } from './training-sample.ts';
import { STRICT, wilsonInterval } from './wilson.ts';

/** One block beside the others. Shares are of its rows. */
export type BlockFigure = {
  readonly block: string;
  readonly n: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
};

/** Nothing lies far out that is nearer than the usual spread of one column. */
const NEAR = 1;
/** What so many other blocks have as well was not planted into one or two; what is planted into a file may span stretches. */
const enoughBlocks = ({ named, blockNames }: TrainingSample): number =>
  named ? 3 : Math.ceil((blockNames.length - 1) / 2);

const logs = (distances: Float64Array): Float64Array =>
  distances.map((distance) => Math.log(Math.max(distance, Number.MIN_VALUE)));

const quantileOf = (values: Float64Array): ((share: number) => number) => {
  const sorted = values.toSorted();
  return (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
};

/**
 * Rows that are far from a quarter of all, wherever those stand: above the median by five times what the lower quartile
 * is below it. The upper half says nothing, since a fifth of all rows may be planted.
 */
const farFromMost = (quarter: Float64Array): Uint8Array => {
  const apart = logs(quarter);
  const at = quantileOf(apart);
  const fence = Math.max(at(0.5) + 5 * (at(0.5) - at(0.25)), Math.log(NEAR));
  return Uint8Array.from(apart, (distance) => (distance > fence ? 1 : 0));
};

/** Tukey's outer bound of what the rows of other blocks lie apart, never less than `NEAR`. */
const fenceOf = (apart: Float64Array): number => {
  const at = quantileOf(apart);
  return Math.max(at(0.75) + 1.5 * (at(0.75) - at(0.25)), Math.log(NEAR));
};

/** A row that lies apart from most, as a rare class may, is no outlier where several other blocks have its like. */
const isShared = (sample: TrainingSample, { closest }: Neighbours, row: number, fence: number): boolean => {
  const blocks = sample.blockNames.length;
  const near = closest.subarray(row * blocks, (row + 1) * blocks);
  return near.filter((distance) => Math.log(distance) <= fence).length >= enoughBlocks(sample);
};

/**
 * For each block, the share of its rows that lie far out: further from the nearest rows of other blocks than those are
 * from the nearest of others, or far from most rows, which also shows what was planted in several blocks at once. Both
 * are asked near each row and by logarithms, so that skewed features make no outlier, nor does the order of the rows.
 */
export const outlierBlocks = (sample: TrainingSample, neighbours: Neighbours): BlockFigure[] => {
  const { blocks, blockNames } = sample;
  const [apart, lonely] = [logs(neighbours.outside), farFromMost(neighbours.quarter)];
  const rowsOf = Map.groupBy(apart.keys(), (row) => blocks[row] ?? 0);
  return [...rowsOf].flatMap(([block, rows]): BlockFigure[] => {
    const others = apart.filter((distance, row) => blocks[row] !== block && Number.isFinite(distance));
    const n = rows.length;
    if (n < FEWEST_ROWS || others.length < FEWEST_ROWS) return [];
    const fence = fenceOf(others);
    const isFar = (row: number) =>
      (apart[row] ?? 0) > fence || (lonely[row] === 1 && !isShared(sample, neighbours, row, fence));
    const far = rows.filter(isFar).length;
    return [{ block: blockNames[block] ?? '', n, share: far / n, ...wilsonInterval(far, n, STRICT) }];
  });
};
