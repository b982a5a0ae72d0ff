import { readFileSync } from 'node:fs';
import { csvRows, type Row } from '../../core/data-set/rows.ts';
import { drawnBy } from '../../core/gates/training-data/reservoir.ts';
import type { DeclaredFeature } from '../../core/intake/manifest.ts';
import { digestOf } from '../../core/kernel/digest.ts';

const vector = (name: string) => readFileSync(new URL(`../vectors/training-data/${name}`, import.meta.url));

export const trainingVector = <Vector>(name: string): Vector => JSON.parse(vector(name).toString()) as Vector;

export type DataSet = { readonly rows: readonly Row[]; readonly features: readonly DeclaredFeature[] };

/** A data set that ships with scikit-learn, as it stands in its file; the column `class` is its label. */
export const realDataSet = async (name: 'iris' | 'wine' | 'wdbc'): Promise<DataSet> => {
  const rows: Row[] = [];
  for await (const row of csvRows([vector(`${name}.csv`)] as never)) rows.push(row);
  const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== 'class');
  const features = columns.map((column) => ({
    name: column,
    type: 'number' as const,
    required: true,
    personal: false,
  }));
  return { rows, features };
};

/** Numbers from 0 to 1 that look drawn, the same for the same seed. */
export const evenly = (seed: number): (() => number) => drawnBy(digestOf(String(seed)));

export const shuffled = <Item>(items: readonly Item[], seed: number): Item[] => {
  const draw = evenly(seed);
  return items
    .map((item) => ({ item, at: draw() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
};

/** The rows with a column `block`, in as many equal stretches of them as are asked for. */
export const inBlocks = (rows: readonly Row[], blocks: number): Row[] =>
  rows.map((row, at) => ({ ...row, block: `delivery-${Math.floor((at * blocks) / rows.length)}` }));

/** The rows of one block with the label that comes after their own. */
export const turnedLabels = (rows: readonly Row[], block: string): Row[] => {
  const labels = [...new Set(rows.map((row) => row.class))];
  const next = (label: unknown) => labels[(labels.indexOf(label) + 1) % labels.length];
  return rows.map((row) => (row.block === block ? { ...row, class: next(row.class) } : row));
};

export const asCsv = (rows: readonly Row[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map(Object.values)].map((fields) => fields.join(',')).join('\n');
