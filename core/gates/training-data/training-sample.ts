import { DataSetUnreadable } from '../../data-set/failures.ts';
import type { Form } from '../../data-set/row-values.ts';
import type { Row } from '../../data-set/rows.ts';
import { isNumeric, type KeptRow, type KeptRows, keepRows, type SampleOptions } from './kept-rows.ts';
import { quantilesOf } from './quantile.ts';

/** Rows as points, in the order of the data set. Features without an order or a distance (texts, times) are left out. */
export type TrainingSample = {
  /** Rows in the data set. */
  readonly rows: number;
  readonly count: number;
  /** Row by row: centred at the median of each column, in units of its robust spread. */
  readonly numbers: Float64Array;
  readonly numberColumns: number;
  /** Row by row: which value it is, also that it is missing. */
  readonly categories: Int32Array;
  readonly categoryColumns: number;
  /** The block of each row, by its place in `blockNames`. */
  readonly blocks: Int32Array;
  readonly blockNames: readonly string[];
  /** Whether a block, by its place in `blockNames`, has rows enough to be judged and to be company for others. */
  readonly judged: readonly boolean[];
  /** Whether a column names the blocks; else they are stretches of the file. */
  readonly named: boolean;
  /** The class of each row, `UNLABELLED` where it has no label and `NO_CLASS` where that is rare; undefined without a label. */
  readonly labels: Int32Array | undefined;
  readonly classes: number;
};

const UNLABELLED = -1;
export const NO_CLASS = -2;

/** Below this nothing is told about a block, nor about a class. */
export const FEWEST_ROWS = 20;
/** Where no column says which rows belong together, neighbours in the file do. */
const STRETCHES = 12;
const SHORTEST_STRETCH = 25;

/** A normal distribution has this many standard deviations between its quartiles. */
const QUARTILES_APART = 1.349;

/**
 * Median and spread, which a minority of planted rows can hardly move: of a column that is the same in most rows, how far
 * the others are from it.
 */
const scaleOf = (values: Float64Array): { centre: number; spread: number } => {
  const at = quantilesOf(values);
  const [centre, robust] = [at(0.5), (at(0.75) - at(0.25)) / QUARTILES_APART];
  if (robust > 0) return { centre, spread: robust };
  const apart = values.map((value) => Math.abs(value - centre)).filter((distance) => distance > 0);
  return { centre, spread: apart.length === 0 ? 1 : quantilesOf(apart)(0.25) };
};

/** One step further away is as far as it gets: distances stay finite whatever a row says. */
const FURTHEST = 1e6;

const scaled = (column: readonly (number | undefined)[]): Float64Array => {
  const { centre, spread } = scaleOf(Float64Array.from(column.filter((value) => value !== undefined)));
  const place = (value: number) => Math.max(-FURTHEST, Math.min(FURTHEST, (value - centre) / spread));
  return Float64Array.from(column, (value) => (value === undefined ? 0 : place(value)));
};

/** The values of a column by the order in which they come. */
const coded = (column: readonly (string | undefined)[]): { codes: Int32Array; names: (string | undefined)[] } => {
  const codes = new Map<string | undefined, number>();
  const code = (name: string | undefined): number => {
    const known = codes.get(name) ?? codes.size;
    codes.set(name, known);
    return known;
  };
  return { codes: Int32Array.from(column, code), names: [...codes.keys()] };
};

const inRows = <List extends Float64Array | Int32Array>(columns: readonly List[], rows: List): List => {
  for (const [at, column] of columns.entries())
    for (let row = 0; row < column.length; row++) rows[row * columns.length + at] = column[row] ?? 0;
  return rows;
};

const stretchesOf = (count: number) => {
  const stretches = Math.max(1, Math.min(STRETCHES, Math.floor(count / SHORTEST_STRETCH)));
  return {
    blocks: Int32Array.from({ length: count }, (_, row) => Math.floor((row * stretches) / count)),
    blockNames: Array.from({ length: stretches }, (_, at) => `part ${at + 1} of ${stretches}`),
    named: false,
  };
};

/** Blocks too small to be judged are judged together: otherwise many small ones would be a way around. */
const namedBlocks = (kept: readonly KeptRow[]) => {
  const sizes = Map.groupBy(kept, ({ block }) => block);
  const small = [...sizes.values()].filter((rows) => rows.length < FEWEST_ROWS).length;
  const together = `${small} blocks of fewer than ${FEWEST_ROWS} rows`;
  const nameOf = ({ block }: KeptRow): string => {
    if (small > 1 && (sizes.get(block)?.length ?? 0) < FEWEST_ROWS) return together;
    return block ?? 'rows of no block';
  };
  const { codes, names } = coded(kept.map(nameOf));
  return { blocks: codes, blockNames: names.map((name) => name ?? ''), named: true };
};

/** A label that stands in few rows is no class: it may be a number, or junk. */
const classesOf = (kept: readonly KeptRow[], label: string | undefined) => {
  if (label === undefined) return { labels: undefined, classes: 0 };
  const rows = Map.groupBy(kept, (row) => row.label);
  const isClass = (name: string | undefined) => name !== undefined && (rows.get(name)?.length ?? 0) >= FEWEST_ROWS;
  const { codes, names } = coded(kept.map((row) => row.label));
  const classes = names.map((name, code) => {
    if (name === undefined) return UNLABELLED;
    return isClass(name) ? code : NO_CLASS;
  });
  return { labels: codes.map((code) => classes[code] ?? UNLABELLED), classes: names.filter(isClass).length };
};

const pointsOf = ({ kept, compared }: KeptRows) => {
  const numbers: Float64Array[] = [];
  const categories: Int32Array[] = [];
  for (const [at, feature] of compared.entries()) {
    const column = kept.map(({ values }) => values[at]);
    const isThere = column.map((value) => (value === undefined ? 'no' : 'yes'));
    if (isNumeric(feature)) numbers.push(scaled(column as (number | undefined)[]));
    // Not there and there are as different as two categories, wherever the others lie.
    if (isNumeric(feature) && isThere.includes('no')) categories.push(coded(isThere).codes);
    if (!isNumeric(feature)) categories.push(coded(column as (string | undefined)[]).codes);
  }
  if (![...numbers, ...categories].some((column) => column.some((value) => value !== column[0])))
    throw new DataSetUnreadable('no feature differs between the rows');
  return {
    numbers: inRows(numbers, new Float64Array(kept.length * numbers.length)),
    numberColumns: numbers.length,
    categories: inRows(categories, new Int32Array(kept.length * categories.length)),
    categoryColumns: categories.length,
  };
};

/**
 * Reads a sample of the training data.
 * @throws DataSetUnreadable, as `keepRows` does, and where all rows are alike
 */
export const readSample = async (
  rows: AsyncIterable<Row> | Iterable<Row>,
  options: SampleOptions,
  form: Form,
): Promise<TrainingSample> => {
  const read = await keepRows(rows, options, form);
  const { kept } = read;
  const cut = options.block === undefined ? stretchesOf(kept.length) : namedBlocks(kept);
  const sizes = Map.groupBy(cut.blocks, (block) => block);
  const judged = cut.blockNames.map((_, block) => (sizes.get(block)?.length ?? 0) >= FEWEST_ROWS);
  return { rows: read.rows, count: kept.length, ...pointsOf(read), ...cut, judged, ...classesOf(kept, options.label) };
};
