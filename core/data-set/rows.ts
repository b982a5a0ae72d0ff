import { CsvReader } from './csv.ts';
import { DataSetUnreadable } from './failures.ts';
import { type Line, LineReader } from './lines.ts';

/** One row of a data set: values by column. */
export type Row = Readonly<Record<string, unknown>>;
type Bytes = AsyncIterable<Uint8Array>;

/** Of one file: each of its rows becomes an object with all of them. */
const MOST_COLUMNS = 10_000;

const decoder = () => new TextDecoder('utf-8', { fatal: true });

const textOf = (decode: () => string): string => {
  try {
    return decode();
  } catch {
    throw new DataSetUnreadable('the data set is not UTF-8');
  }
};

/**
 * The rows of a CSV file whose first row names the columns. Values are texts.
 * @throws DataSetUnreadable for what is not RFC 4180, for rows of another length and for columns without a name of
 * their own
 */
export async function* csvRows(bytes: Bytes): AsyncGenerator<Row> {
  const reader = new CsvReader();
  const utf8 = decoder();
  let columns: string[] | undefined;
  let count = 0;
  const rowOf = (fields: string[]): Row | undefined => {
    count += 1;
    if (columns === undefined) {
      if (fields.length > MOST_COLUMNS)
        throw new DataSetUnreadable(`the first CSV row names ${fields.length} columns; at most ${MOST_COLUMNS}`);
      if (fields.includes('') || new Set(fields).size < fields.length)
        throw new DataSetUnreadable('every CSV column needs a name of its own');
      columns = fields;
      return undefined;
    }
    if (fields.length !== columns.length)
      throw new DataSetUnreadable(`CSV row ${count} has ${fields.length} fields, the first row has ${columns.length}`);
    return Object.fromEntries(columns.map((column, index) => [column, fields[index]]));
  };
  for await (const chunk of bytes)
    for (const fields of reader.push(textOf(() => utf8.decode(chunk, { stream: true })))) {
      const row = rowOf(fields);
      if (row !== undefined) yield row;
    }
  for (const part of [reader.push(textOf(() => utf8.decode())), reader.end()])
    for (const fields of part) {
      const row = rowOf(fields);
      if (row !== undefined) yield row;
    }
}

const parseLine = ({ number, bytes }: Line): Row | undefined => {
  if (bytes === undefined) throw new DataSetUnreadable(`line ${number} is too long`);
  const text = textOf(() => decoder().decode(bytes));
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DataSetUnreadable(`line ${number} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DataSetUnreadable(`line ${number} is not a JSON object`);
  return value as Row;
};

/**
 * The rows of a JSON Lines file.
 * @throws DataSetUnreadable for a line that is not an object: a data set is a file that someone prepared, not traffic
 */
export async function* jsonLinesRows(bytes: Bytes): AsyncGenerator<Row> {
  const lines = new LineReader();
  for await (const chunk of bytes)
    for (const line of lines.push(chunk)) {
      const row = parseLine(line);
      if (row !== undefined) yield row;
    }
  for (const line of lines.end()) {
    const row = parseLine(line);
    if (row !== undefined) yield row;
  }
}
