import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { WINE } from './sites.ts';

export type Sample = Readonly<Record<string, number>>;

const named = (columns: readonly string[], row: readonly number[]): Sample =>
  Object.fromEntries(columns.map((column, i) => [column, row[i] ?? Number.NaN]));

/** The 178 samples of wine that there are: those that the model was trained on, and those that were held out. */
export const wineSamples = (): Sample[] => {
  const text = readFileSync(join(root, 'models', WINE.model, WINE.first, 'baseline.csv'), 'utf8');
  const [header = '', ...lines] = text.trim().split('\n');
  const columns = header.split(',');
  const heldOut = JSON.parse(readFileSync(join(root, 'examples/inference-service/held-out-wine.json'), 'utf8'));
  return [
    ...lines.map((line) => named(columns, line.split(',').map(Number))),
    ...heldOut.rows.map((row: number[]) => named(heldOut.columns, row)),
  ];
};

/** A photometer that reads magnesium 30 % too high and ends at 150 mg/L: every value is one that could be. */
export const misread = (sample: Sample): Sample => ({
  ...sample,
  magnesium: Math.min(150, Math.round((sample.magnesium ?? 0) * 1.3)),
});
