import { DataSetUnreadable } from '../../data-set/failures.ts';
import { asJson, type Form, featuresIn } from '../../data-set/row-values.ts';
import type { Row } from '../../data-set/rows.ts';
import type { DeclaredFeature } from '../../intake/manifest.ts';
import type { Digest } from '../../kernel/digest.ts';
import { show } from '../../kernel/reason.ts';
import { Reservoir } from './reservoir.ts';

export type SampleOptions = {
  readonly digest: Digest;
  readonly features: readonly DeclaredFeature[];
  readonly label?: string | undefined;
  readonly block?: string | undefined;
};

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
  /** The class of each row, -1 where it has none; undefined without labels that are classes. */
  readonly labels: Int32Array | undefined;
  /** How many different labels there are. */
  readonly labelValues: number;
};

const MOST_ROWS = 6000;
/** Comparisons of one column in one pair of rows; a second or two of one processor. */
const MOST_COMPARISONS = 1e9;
const MOST_BLOCKS = 50;
export const MOST_CLASSES = 50;
/** Where no column says which rows belong together, neighbours in the file do. */
const STRETCHES = 12;
const SHORTEST_STRETCH = 25;

type Raw = { readonly values: readonly unknown[]; readonly label: unknown; readonly block: unknown };

const NUMERIC: readonly DeclaredFeature['type'][] = ['number', 'integer'];
const CATEGORICAL: readonly DeclaredFeature['type'][] = ['category', 'boolean'];

const quantile = (sorted: readonly number[], share: number): number => {
  const at = share * (sorted.length - 1);
  const [below = 0, above = below] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
};

/** A normal distribution has this many standard deviations between its quartiles. */
const QUARTILES_APART = 1.349;

/** Median and spread, which a minority of planted rows can hardly move. */
const scaleOf = (values: readonly number[]): { centre: number; spread: number } => {
  const sorted = values.toSorted((a, b) => a - b);
  const centre = quantile(sorted, 0.5);
  const robust = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / QUARTILES_APART;
  if (robust > 0) return { centre, spread: robust };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { centre, spread: deviation > 0 ? deviation : 1 };
};

/** One step further away is as far as it gets: distances stay finite whatever a row says. */
const FURTHEST = 1e6;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const scaled = (column: readonly unknown[]): Float64Array => {
  const given = column.filter(isNumber);
  if (given.length === 0) return new Float64Array(column.length);
  const { centre, spread } = scaleOf(given);
  const place = (value: number) => Math.max(-FURTHEST, Math.min(FURTHEST, (value - centre) / spread));
  return Float64Array.from(column, (value) => (isNumber(value) ? place(value) : 0));
};

/** The values of a column by the order in which they come. */
const coded = (column: readonly unknown[]): { codes: Int32Array; names: string[] } => {
  const codes = new Map<string, number>();
  const code = (name: string): number => {
    const known = codes.get(name) ?? codes.size;
    codes.set(name, known);
    return known;
  };
  const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  return { codes: Int32Array.from(column, (value) => code(text(value))), names: [...codes.keys()] };
};

const inRows = <List extends Float64Array | Int32Array>(columns: readonly List[], rows: List): List => {
  for (const [at, column] of columns.entries())
    for (let row = 0; row < column.length; row++) rows[row * columns.length + at] = column[row] ?? 0;
  return rows;
};

const blocksOf = (raws: readonly Raw[], block: string | undefined) => {
  if (block === undefined) {
    const stretches = Math.max(1, Math.min(STRETCHES, Math.floor(raws.length / SHORTEST_STRETCH)));
    const codes = Int32Array.from(raws, (_, row) => Math.floor((row * stretches) / raws.length));
    return { codes, names: Array.from({ length: stretches }, (_, at) => `part ${at + 1} of ${stretches}`) };
  }
  const { codes, names } = coded(raws.map((raw) => raw.block));
  if (names.length > MOST_BLOCKS)
    throw new DataSetUnreadable(`column ${show(block)} names ${names.length} blocks or more; at most ${MOST_BLOCKS}`);
  return { codes, names };
};

const labelsOf = (raws: readonly Raw[]) => {
  const { codes, names } = coded(raws.map(({ label }) => label ?? ''));
  const none = names.indexOf('');
  const labelValues = none === -1 ? names.length : names.length - 1;
  if (labelValues > MOST_CLASSES) return { labels: undefined, labelValues };
  return { labels: codes.map((code) => (code === none ? -1 : code)), labelValues };
};

const pointsOf = (raws: readonly Raw[], features: readonly DeclaredFeature[]) => {
  const numbers: Float64Array[] = [];
  const categories: Int32Array[] = [];
  for (const [at, { type }] of features.entries()) {
    const column = raws.map(({ values }) => values[at]);
    if (NUMERIC.includes(type)) {
      numbers.push(scaled(column));
      // Not there and there are as different as two categories, wherever the others lie.
      if (!column.every(isNumber)) categories.push(coded(column.map(isNumber)).codes);
    } else categories.push(coded(column).codes);
  }
  return {
    numbers: inRows(numbers, new Float64Array(raws.length * numbers.length)),
    numberColumns: numbers.length,
    categories: inRows(categories, new Int32Array(raws.length * categories.length)),
    categoryColumns: categories.length,
  };
};

/**
 * Reads a sample of the training data. At most 6,000 rows are kept, fewer of very wide ones.
 * @throws DataSetUnreadable without features to compare, for a data set without rows, without the columns that are said to name label and block, or
 * with more than 50 blocks
 */
export const readSample = async (
  rows: AsyncIterable<Row> | Iterable<Row>,
  { digest, features, label, block }: SampleOptions,
  form: Form,
): Promise<TrainingSample> => {
  const compared = features.filter(({ type }) => NUMERIC.includes(type) || CATEGORICAL.includes(type));
  if (compared.length === 0)
    throw new DataSetUnreadable('the manifest declares no feature of a type by which rows can be compared');
  const names = new Set(features.map(({ name }) => name));
  const most = Math.min(MOST_ROWS, Math.floor(Math.sqrt((2 * MOST_COMPARISONS) / compared.length)));
  const kept = new Reservoir<Raw>(most, digest);
  const asked = [label, block].filter((column) => column !== undefined);
  const unseen = new Set(asked);
  for await (const row of rows) {
    for (const column of unseen) if (Object.hasOwn(row, column)) unseen.delete(column);
    kept.offer(() => {
      const given = featuresIn(row, names);
      const own = (from: Row, column: string | undefined): unknown =>
        column !== undefined && Object.hasOwn(from, column) ? from[column] : undefined;
      return {
        values: compared.map(({ name, type }) => asJson(own(given, name), type, form)),
        label: own(row, label),
        block: own(row, block),
      };
    });
  }
  if (kept.count === 0) throw new DataSetUnreadable('the data set has no rows');
  for (const column of unseen) throw new DataSetUnreadable(`no row has a column ${show(column)}`);
  const raws = kept.items();
  const { codes: blocks, names: blockNames } = blocksOf(raws, block);
  const { labels, labelValues } = label === undefined ? { labels: undefined, labelValues: 0 } : labelsOf(raws);
  return { rows: kept.count, count: raws.length, ...pointsOf(raws, compared), blocks, blockNames, labels, labelValues };
};
