import { createHash } from 'node:crypto';
import { DataSetUnreadable } from '../../data-set/failures.ts';
import { asJson, type Form, featuresIn, numberIn } from '../../data-set/row-values.ts';
import type { Row } from '../../data-set/rows.ts';
import type { DeclaredFeature } from '../../intake/manifest.ts';
import type { Digest } from '../../kernel/digest.ts';
import { show } from '../../kernel/reason.ts';
import { drawnBy, Reservoir } from './reservoir.ts';

export type SampleOptions = {
  readonly digest: Digest;
  readonly features: readonly DeclaredFeature[];
  readonly label?: string | undefined;
  readonly block?: string | undefined;
};

/** One row: a value for each feature that is compared, and the texts of label and block, where it has them. */
export type KeptRow = {
  /** Its place in the data set. */
  readonly at: number;
  readonly values: readonly (number | string | undefined)[];
  readonly label: string | undefined;
  readonly block: string | undefined;
};

export type KeptRows = {
  /** Rows in the data set. */
  readonly rows: number;
  readonly compared: readonly DeclaredFeature[];
  /** In the order of the data set. */
  readonly kept: readonly KeptRow[];
};

const MOST_ROWS = 6000;
/** Comparisons of one column in one pair of rows; one to three seconds of one processor. */
const MOST_COMPARISONS = 1e9;
const MOST_BLOCKS = 50;
/** Of a label, a block or a category; in UTF-16 units, as the manifest limits categories. */
const LONGEST_TEXT = 200;
/** Of millions of categories that are kept; a longer one is told from others by its digest. */
const LONGEST_KEPT = 32;

const COMPARED: readonly DeclaredFeature['type'][] = ['number', 'integer', 'category', 'boolean'];
export const isNumeric = ({ type }: Pick<DeclaredFeature, 'type'>): boolean => type === 'number' || type === 'integer';

const own = (row: Row, column: string | undefined): unknown =>
  column !== undefined && Object.hasOwn(row, column) ? row[column] : undefined;

/** A copy: a text that was cut out of a chunk, or put together by letters, holds on to far more than itself. */
const detached = (text: string): string => Buffer.from(text).toString();

const textIn = (row: Row, column: string | undefined, form: Form): string | undefined => {
  const value = asJson(own(row, column), 'category', form);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'object')
    throw new DataSetUnreadable(`column ${show(column)} holds a list or an object where one value is expected`);
  const text = String(value);
  if (text.length > LONGEST_TEXT)
    throw new DataSetUnreadable(
      `column ${show(column)} has a text of ${text.length} characters; at most ${LONGEST_TEXT}`,
    );
  return detached(text);
};

const categoryIn = (row: Row, column: string, form: Form): string | undefined => {
  const text = textIn(row, column, form);
  if (text === undefined || text.length <= LONGEST_KEPT) return text;
  return createHash('sha256').update(text).digest('base64');
};

/** One label for all ways to write it: 1, 1.0 and 01 are the same class to whoever trains on it. */
const labelIn = (row: Row, column: string | undefined, form: Form): string | undefined => {
  const text = textIn(row, column, form)?.trim();
  if (text === undefined || text === '') return undefined;
  return String(numberIn(text) ?? text);
};

const valueIn = (row: Row, { name, type }: DeclaredFeature, form: Form): number | string | undefined => {
  if (!isNumeric({ type })) return categoryIn(row, name, form);
  const value = asJson(own(row, name), type, form);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** As many rows of each block as there is room for, so that a small one is not lost among large ones. */
class Blocks {
  readonly #most: number;
  readonly #random: () => number;
  readonly #byName = new Map<string | undefined, Reservoir<KeptRow>>();

  constructor(most: number, digest: Digest) {
    this.#most = most;
    this.#random = drawnBy(digest);
  }

  of(name: string | undefined, column: string | undefined): Reservoir<KeptRow> {
    const standing = this.#byName.get(name);
    if (standing !== undefined) return standing;
    if (this.#byName.size === MOST_BLOCKS)
      throw new DataSetUnreadable(`column ${show(column)} names more than ${MOST_BLOCKS} blocks`);
    const room = Math.floor(this.#most / (this.#byName.size + 1));
    for (const others of this.#byName.values()) others.shrink(room);
    const begun = new Reservoir<KeptRow>(room, this.#random);
    this.#byName.set(name, begun);
    return begun;
  }

  rows(): KeptRow[] {
    return [...this.#byName.values()].flatMap(({ items }) => items).sort((a, b) => a.at - b.at);
  }
}

/** What some row has to have. What no row has at the end is a mistake in the names. */
class Wanted {
  readonly #columns: Set<string>;
  readonly #features: Set<DeclaredFeature>;

  constructor(columns: readonly (string | undefined)[], features: readonly DeclaredFeature[]) {
    this.#columns = new Set(columns.filter((column) => column !== undefined));
    this.#features = new Set(features.filter(({ required }) => required));
  }

  seeColumns(row: Row): void {
    for (const column of this.#columns) if (Object.hasOwn(row, column)) this.#columns.delete(column);
  }

  seeValues(compared: readonly DeclaredFeature[], values: KeptRow['values']): void {
    if (this.#features.size === 0) return;
    for (const [at, feature] of compared.entries()) if (values[at] !== undefined) this.#features.delete(feature);
  }

  /** @throws DataSetUnreadable */
  check(): void {
    for (const column of this.#columns) throw new DataSetUnreadable(`no row has a column ${show(column)}`);
    for (const { name, type } of this.#features)
      throw new DataSetUnreadable(`no row has a value of type ${type} for the feature ${show(name)}`);
  }
}

/**
 * Draws at most 6,000 rows, fewer of very wide ones, in equal shares from all blocks. The same bytes give the same rows.
 * @throws DataSetUnreadable for a data set without rows, without what label, block and required features name, or with
 * more than 50 blocks, and where there are no features by which rows can be compared
 */
export const keepRows = async (
  rows: AsyncIterable<Row> | Iterable<Row>,
  { digest, features, label, block }: SampleOptions,
  form: Form,
): Promise<KeptRows> => {
  const compared = features.filter(({ name, type }) => COMPARED.includes(type) && name !== label && name !== block);
  if (compared.length === 0)
    throw new DataSetUnreadable('the manifest declares no feature of a type by which rows can be compared');
  const names = new Set(features.map(({ name }) => name));
  const wanted = new Wanted([label, block], compared);
  // A number that is missing somewhere takes a second column, which says so.
  const columns = compared.reduce((sum, feature) => sum + (isNumeric(feature) ? 2 : 1), 0);
  const most = Math.min(MOST_ROWS, Math.floor(Math.sqrt((2 * MOST_COMPARISONS) / columns)));
  const blocks = new Blocks(most, digest);
  let count = 0;
  for await (const row of rows) {
    const [at, given] = [count++, featuresIn(row, names)];
    wanted.seeColumns(row);
    const name = textIn(row, block, form);
    blocks.of(name, block).offer(() => {
      const values = compared.map((feature) => valueIn(given, feature, form));
      wanted.seeValues(compared, values);
      return { at, values, label: labelIn(row, label, form), block: name };
    });
  }
  if (count === 0) throw new DataSetUnreadable('the data set has no rows');
  wanted.check();
  return { rows: count, compared, kept: blocks.rows() };
};
