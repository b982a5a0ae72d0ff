import type { Neighbours } from './neighbours.ts';
import { quantilesOf } from './quantile.ts';
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

/** Of two blocks neither can be said to be the odd one. */
export const FEWEST_BLOCKS = 3;
/** Nothing lies far out that differs in one category, or by the usual spread of one number. */
const NEAR = 1.5;

/** What so many other blocks have as well was not planted; what is planted into a file may span stretches of it. */
const enoughBlocks = ({ named, judged }: TrainingSample): number => {
  const others = judged.filter(Boolean).length - 1;
  return named ? Math.max(3, Math.ceil(others / 4)) : Math.ceil(others / 2);
};

/** By logarithms, so that skew and scale do not matter; copies, which are no distance apart, say nothing of what is usual. */
const usual = (distances: Float64Array): ((share: number) => number) =>
  quantilesOf(distances.filter((distance) => distance > 0 && Number.isFinite(distance)).map(Math.log));

/**
 * How far rows are that lie far from a quarter of all, wherever those stand: above the median by five times what the lower
 * quartile is below it. The upper half says nothing, since a fifth of all rows may be planted.
 */
const fenceOfMost = (quarter: Float64Array): number => {
  const at = usual(quarter);
  return Math.max(Math.exp(at(0.5) + 5 * (at(0.5) - at(0.25))), NEAR);
};

/** Tukey's outer bound of what the rows of other blocks lie apart. */
const fenceOf = (outside: Float64Array): number => {
  const at = usual(outside);
  return Math.max(Math.exp(at(0.75) + 1.5 * (at(0.75) - at(0.25))), NEAR);
};

/** A row that lies apart from most, as a rare class may, is no outlier where several other blocks have its like. */
const isShared = (sample: TrainingSample, { closest }: Neighbours, row: number, fence: number): boolean => {
  const blocks = sample.blockNames.length;
  const near = closest.subarray(row * blocks, (row + 1) * blocks);
  return near.filter((distance) => distance <= fence).length >= enoughBlocks(sample);
};

/**
 * For each block, the share of its rows that lie far out: further from the nearest rows of other blocks than those are
 * from the nearest of others, or far from most rows, which also shows what was planted in several blocks at once. Both
 * are asked near each row, so that the order of the rows makes no outlier.
 */
export const outlierBlocks = (sample: TrainingSample, neighbours: Neighbours): BlockFigure[] => {
  const { blocks, blockNames, judged } = sample;
  if (judged.filter(Boolean).length < FEWEST_BLOCKS) return [];
  const { outside, quarter } = neighbours;
  const lonely = fenceOfMost(quarter);
  const rowsOf = Map.groupBy(blocks.keys(), (row) => blocks[row] ?? 0);
  return [...rowsOf].flatMap(([block, rows]): BlockFigure[] => {
    if (judged[block] !== true) return [];
    const fence = fenceOf(outside.filter((_, row) => blocks[row] !== block));
    const isFar = (row: number) =>
      (outside[row] ?? 0) > fence || ((quarter[row] ?? 0) > lonely && !isShared(sample, neighbours, row, fence));
    const [n, far] = [rows.length, rows.filter(isFar).length];
    return [{ block: blockNames[block] ?? '', n, share: far / n, ...wilsonInterval(far, n, STRICT) }];
  });
};
