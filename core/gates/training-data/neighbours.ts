import type { TrainingSample } from './training-sample.ts';

/** How many neighbours of a row are asked for their label. */
export const NEIGHBOURS = 10;
/** Which neighbour says how far away a row lies; a few may be like it by chance. */
const OUTSIDE_RANK = 6;
const QUARTER = 0.25;
/** So many rows stand for all where only a share of them is asked for. */
const MOST_STANDING_IN = 1000;

export type Neighbours = {
  /**
   * The nearest rows of each row, `NEIGHBOURS` for each, else -1: of named blocks those of others, from each the same
   * number at most. Of a file without blocks all count, since where it is sorted the like of a row may stand beside it only.
   */
  readonly nearest: Int32Array;
  /** How far the sixth of those in other blocks is away; infinite where there is none. */
  readonly outside: Float64Array;
  /** Row by row: how far the nearest row of each block is away; infinite for its own. */
  readonly closest: Float64Array;
  /** How far one has to go from a row to meet a quarter of all rows. */
  readonly quarter: Float64Array;
};

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

const TIE = 1e-12;

/** Between rows that are equally far away a draw decides, another one for each pair: else the first in the file always win. */
const drawn = (a: number, b: number): number => {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return TIE * ((mixed ^ (mixed >>> 12)) >>> 0) * 2 ** -32;
};

/** The nearest so far in each of many lists, in order: short ones into which one rarely has to put anything. */
class Nearest {
  readonly size: number;
  readonly distances: Float64Array;
  readonly rows: Int32Array;

  constructor(lists: number, size: number) {
    this.size = size;
    this.distances = new Float64Array(lists * size).fill(Number.POSITIVE_INFINITY);
    this.rows = new Int32Array(lists * size).fill(-1);
  }

  offer(list: number, other: number, apart: number): void {
    const first = list * this.size;
    let at = first + this.size - 1;
    if (apart >= (this.distances[at] as number)) return;
    for (; at > first && (this.distances[at - 1] as number) > apart; at--) {
      this.distances[at] = this.distances[at - 1] as number;
      this.rows[at] = this.rows[at - 1] as number;
    }
    this.distances[at] = apart;
    this.rows[at] = other;
  }
}

type Compared = { readonly byBlock: Nearest; readonly ofOthers: Nearest; readonly ofAll: Nearest };

/** For each row the nearest rows of each block but its own, of all those together, and of all there are. */
const compareAll = (sample: TrainingSample): Compared => {
  const { count, blocks, blockNames, judged } = sample;
  const width = blockNames.length;
  const company = judged.filter(Boolean).length;
  // All blocks have the same say: copies in one of them are not worth more than a row in another.
  const byBlock = new Nearest(count * width, Math.max(1, Math.ceil(NEIGHBOURS / Math.max(1, company - 1))));
  const [ofOthers, ofAll] = [new Nearest(count, OUTSIDE_RANK), new Nearest(count, NEIGHBOURS)];
  const offer = (row: number, other: number, apart: number): void => {
    ofAll.offer(row, other, apart);
    const [own, another] = [blocks[row] as number, blocks[other] as number];
    if (own === another || judged[another] === false) return;
    ofOthers.offer(row, other, apart);
    byBlock.offer(row * width + another, other, apart);
  };
  for (let row = 1; row < count; row++)
    for (let other = 0; other < row; other++) {
      const apart = distance(sample, row, other) + drawn(row, other);
      offer(row, other, apart);
      offer(other, row, apart);
    }
  return { byBlock, ofOthers, ofAll };
};

/** Of what each block has to say the nearest. */
const votesOf = ({ count, blockNames }: TrainingSample, { distances, rows, size }: Nearest): Int32Array => {
  const width = blockNames.length * size;
  const nearest = new Int32Array(count * NEIGHBOURS).fill(-1);
  for (let row = 0; row < count; row++) {
    const from = row * width;
    const found = distances.subarray(from, from + width);
    const order = [...found.keys()]
      .filter((at) => Number.isFinite(found[at]))
      .sort((a, b) => (found[a] as number) - (found[b] as number));
    for (const [rank, at] of order.slice(0, NEIGHBOURS).entries())
      nearest[row * NEIGHBOURS + rank] = rows[from + at] as number;
  }
  return nearest;
};

const quarterOf = (sample: TrainingSample): Float64Array => {
  const { count } = sample;
  const standing = Math.min(count, MOST_STANDING_IN);
  // Drawn: every third row may be all that came in some block.
  const rows = Array.from({ length: count }, (_, row) => row)
    .sort((a, b) => drawn(a, count) - drawn(b, count))
    .slice(0, standing);
  const apart = new Float64Array(standing);
  return Float64Array.from({ length: count }, (_, row) => {
    for (const [at, other] of rows.entries()) apart[at] = distance(sample, row, other);
    return Math.sqrt(apart.sort()[Math.floor(QUARTER * (standing - 1))] ?? 0);
  });
};

/** Compares every row with every other one. */
export const neighboursIn = (sample: TrainingSample): Neighbours => {
  const { count, blockNames, named } = sample;
  const { byBlock, ofOthers, ofAll } = compareAll(sample);
  const away = (row: number, other: number | undefined): number =>
    other === undefined || other === -1 ? Number.POSITIVE_INFINITY : Math.sqrt(distance(sample, row, other));
  const width = blockNames.length;
  return {
    nearest: named ? votesOf(sample, byBlock) : ofAll.rows,
    outside: Float64Array.from({ length: count }, (_, row) => away(row, ofOthers.rows[(row + 1) * OUTSIDE_RANK - 1])),
    closest: Float64Array.from({ length: count * width }, (_, at) =>
      away(Math.floor(at / width), byBlock.rows[at * byBlock.size]),
    ),
    quarter: quarterOf(sample),
  };
};
