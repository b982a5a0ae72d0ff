export type Cell = string | number;

/** Every column of numbers names its unit. */
export type Table = {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
};

/** What was measured, and what a reader has to know so as not to be misled by it. */
export type Report = { readonly tables: readonly Table[]; readonly notes: readonly string[] };

/** For benchmarks that run as long as they are told, or on some of what they know. */
export type Wishes = { readonly seconds?: number; readonly only?: readonly string[]; readonly seed?: number };

/** Measures, and never judges; throws when it cannot measure. */
export type Benchmark = (tell: (line: string) => void, wishes: Wishes) => Promise<Report>;

/** Three significant digits: the machine's noise is larger than the fourth. */
export const figure = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

const text = (cell: Cell): string => (typeof cell === 'number' ? figure(cell) : cell);

const tableText = ({ title, columns, rows }: Table): string => {
  const lines = [columns, ...rows].map((row) => row.map(text));
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isNumber = columns.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const aligned = (line: readonly string[]): string =>
    line
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = lines;
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [title, aligned(head), rule, ...body.map(aligned)].join('\n');
};

export const reportText = ({ tables, notes }: Report): string =>
  [...tables.map(tableText), ...(notes.length === 0 ? [] : [notes.map((note) => `· ${note}`).join('\n')])].join('\n\n');
