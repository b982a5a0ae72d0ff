import type { Digest } from '../kernel/digest.ts';
import type { Row } from './baseline-rows.ts';
import type { Baseline } from './contract.ts';
import { BaselineUnreadable } from './failures.ts';
import { type DeclaredFeature, keyedHash } from './feature-counts.ts';
import { planFeatures, RunningTally } from './running-tally.ts';

export type BaselineOptions = {
  readonly digest: Digest;
  readonly model: string;
  readonly features: readonly DeclaredFeature[];
  /** The key that traffic is hashed with, or personal categories cannot be compared. */
  readonly hashKey?: Uint8Array;
};

/** What a column holds: a feature of a declared type, or an answer of the model, which has none. */
type Column = DeclaredFeature['type'] | 'output';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** A text as a CSV file has it, as the type that is declared; as it stands, and thus retyped, if it is none of that type. */
const fromText = (text: string, column: Column): unknown => {
  const trimmed = text.trim();
  if (text === '') return null;
  if (column === 'boolean') return BOOLEANS.get(trimmed.toLowerCase()) ?? text;
  const isNumber = ['number', 'integer', 'output'].includes(column) && NUMBER.test(trimmed);
  return isNumber ? Number(trimmed) : text;
};

/** A value as JSON would carry it: CSV knows only texts, and Parquet has types of its own. */
const asJson = (value: unknown, column: Column, form: 'text' | 'typed'): unknown => {
  if (form === 'text' && typeof value === 'string') return fromText(value, column);
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Date ? value.toISOString() : value;
};

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Rows may be flat, or shaped like inference events with their features in `features`. */
const featuresIn = (row: Row, names: ReadonlySet<string>): Row => {
  const { features } = row;
  return isObject(features) && !names.has('features') ? features : row;
};

/**
 * Counts a baseline data set as traffic is counted, so that the two can be compared. Columns that are no declared
 * features are left out, but for `prediction` and `score`.
 * @param form `text` when every value is a text, as in CSV
 * @throws BaselineUnreadable when it has no rows
 */
export const summariseBaseline = async (
  rows: AsyncIterable<Row> | Iterable<Row>,
  { digest, model, features, hashKey }: BaselineOptions,
  form: 'text' | 'typed',
): Promise<Baseline> => {
  const plan = planFeatures(features, hashKey === undefined ? undefined : keyedHash(hashKey, model));
  const tally = new RunningTally();
  const outputIn = (row: Row, name: string) =>
    plan.names.has(name) || !Object.hasOwn(row, name) ? undefined : asJson(row[name], 'output', form);
  let count = 0;
  for await (const row of rows) {
    count += 1;
    const given = featuresIn(row, plan.names);
    const present = features.filter(({ name }) => Object.hasOwn(given, name));
    const values = present.map(({ name, type }) => [name, asJson(given[name], type, form)] as const);
    tally.addFeatures(Object.fromEntries(values), plan);
    tally.addOutputs(outputIn(row, 'prediction'), outputIn(row, 'score'));
  }
  if (count === 0) throw new BaselineUnreadable('the data set has no rows');
  return { baselineVersion: 1, digest, rows: count, tally: tally.form() };
};
