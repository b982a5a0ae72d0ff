import type { DeclaredFeature } from '../intake/manifest.ts';
import type { Row } from './rows.ts';

/** What a column holds: a feature of a declared type, or an answer of the model, which has none. */
type Column = DeclaredFeature['type'] | 'output';
/** `text` when every value is a text, as in CSV. */
export type Form = 'text' | 'typed';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** The number that a text spells in decimals, undefined when it spells none. */
export const numberIn = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined);

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
  return ['number', 'integer', 'output'].includes(column) ? (numberIn(trimmed) ?? text) : text;
};

/** A value as JSON would carry it: CSV knows only texts, and Parquet has types of its own. */
export const asJson = (value: unknown, column: Column, form: Form): unknown => {
  if (form === 'text' && typeof value === 'string') return fromText(value, column);
  if (typeof value === 'bigint') return Number(value);
  if (!(value instanceof Date)) return value;
  // Parquet has times that no date of ours can be.
  return Number.isNaN(value.getTime()) ? null : value.toISOString();
};

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Rows may be flat, or shaped like inference events with their features in `features`. */
export const featuresIn = (row: Row, names: ReadonlySet<string>): Row => {
  const { features } = row;
  return isObject(features) && !names.has('features') ? features : row;
};
