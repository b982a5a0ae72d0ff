import type { TrainingSample } from './training-sample.ts';

/** How many neighbours of a row are asked for their label. */
export const NEIGHBOURS = 10;
/** Which of the nearest rows of other blocks says how far away a row lies from them; one or two may be like it by chance. */
const OUTSIDE_RANK = 6;

export type Neighbours = {
  /** The nearest rows of each row, `NEIGHBOURS` for each, -1 where there are fewer. */
  readonly nearest: Int32Array;
  /** How far the row at `OUTSIDE_RANK` among those of other blocks is away; infinite where there are fewer. */
  readonly outside: Float64Array;
  /** How far one has to go from a row to meet a quarter of all rows. */
  readonly quarter: Float64Array;
};

const QUARTER = 0.25;
/** So many rows, evenly taken, stand for all where only a share of them is asked for. */
const MOST_STANDING_IN = 1000;

/** For each row the nearest so far, in order: a short list into which one rarely has to put anything. */
class Nearest {
  readonly #size: number;
  readonly distances: Float64Array;
  readonly rows: Int32Array;

  constructor(count: number, size: number) {
    this.#size = size;
    this.distances = new Float64Array(count * size).fill(Number.POSITIVE_INFINITY);
    this.rows = new Int32Array(count * size).fill(-1);
  }

  offer(row: number, other: number, distance: number): void {
    const first = row * this.#size;
    let at = first + this.#size - 1;
    if (!(distance < (this.distances[at] ?? 0))) return;
    for (; at > first && (this.distances[at - 1] ?? 0) > distance; at--) {
      this.distances[at] = this.distances[at - 1] ?? 0;
      this.rows[at] = this.rows[at - 1] ?? 0;
    }
    this.distances[at] = distance;
    this.rows[at] = other;
  }
}

/** Squared; a category that differs counts as much as a number that differs by its spread. */
const distance = (sample: TrainingSample, a: number, b: number): number => {
  const { numbers, numberColumns, categories, categoryColumns } = sample;
  let sum = 0;
  for (let i = a * numberColumns, j = b * numberColumns, end = i + numberColumns; i < end; i++, j++) {
    const apart = (numbers[i] as number) - (numbers[j] as number);
    sum += apart * apart;
  }
  for (let i = a * categoryColumns, j = b * categoryColumns, end = i + categoryColumns; i < end; i++, j++)
    if (categories[i] !== categories[j]) sum += 1;
  return sum;
};

const quarterOf = (sample: TrainingSample): Float64Array => {
  const { count } = sample;
  const standing = Math.min(count, MOST_STANDING_IN);
  const rows = Array.from({ length: standing }, (_, at) => Math.floor((at * count) / standing));
  const apart = new Float64Array(standing);
  return Float64Array.from({ length: count }, (_, row) => {
    for (const [at, other] of rows.entries()) apart[at] = distance(sample, row, other);
    return Math.sqrt(apart.sort()[Math.floor(QUARTER * (standing - 1))] ?? 0);
  });
};

/** Compares every row with every other one. */
export const neighboursIn = (sample: TrainingSample): Neighbours => {
  const { count, blocks } = sample;
  const all = new Nearest(count, NEIGHBOURS);
  const others = new Nearest(count, OUTSIDE_RANK);
  for (let row = 1; row < count; row++)
    for (let other = 0; other < row; other++) {
      const apart = distance(sample, row, other);
      all.offer(row, other, apart);
      all.offer(other, row, apart);
      if (blocks[row] === blocks[other]) continue;
      others.offer(row, other, apart);
      others.offer(other, row, apart);
    }
  const outside = Float64Array.from({ length: count }, (_, row) =>
    Math.sqrt(others.distances[row * OUTSIDE_RANK + OUTSIDE_RANK - 1] ?? Number.POSITIVE_INFINITY),
  );
  return { nearest: all.rows, outside, quarter: quarterOf(sample) };
};
