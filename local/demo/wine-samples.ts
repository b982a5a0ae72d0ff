import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { WINE } from './sites.ts';

export type Sample = Readonly<Record<string, number>>;

const named = (columns: readonly string[], row: readonly number[]): Sample =>
  Object.fromEntries(columns.map((column, i) => [column, row[i] ?? Number.NaN]));

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const trainedOn = (folder: string): Sample[] => {
  const [header = '', ...lines] = read(`${folder}/baseline.csv`).trim().split('\n');
  return lines.map((line) => named(header.split(','), line.split(',').map(Number)));
};

const heldOut = (): Sample[] => {
  const { columns, rows } = JSON.parse(read('examples/inference-service/held-out-wine.json'));
  return rows.map((row: number[]) => named(columns, row));
};

type Feature = { name: string; minimum: number; maximum: number };

/** Real samples of wine, those that the model never saw among them: all that lie within the ranges of its manifest. */
export const wineSamples = (): Sample[] => {
  const folder = `models/${WINE.model}/${WINE.first}`;
  const features: Feature[] = JSON.parse(read(`${folder}/manifest.json`)).features;
  const inRange = (sample: Sample): boolean =>
    features.every(({ name, minimum, maximum }) => (sample[name] ?? 0) >= minimum && (sample[name] ?? 0) <= maximum);
  return [...trainedOn(folder), ...heldOut()].filter(inRange);
};

/** A photometer that reads magnesium 30 % too high and ends at 150 mg/L: every value is one that could be. */
export const misread = (sample: Sample): Sample => ({
  ...sample,
  magnesium: Math.min(150, Math.round((sample.magnesium ?? 0) * 1.3)),
});
