import { DataSetUnreadable } from '../data-set/failures.ts';
import { asJson, type Form, featuresIn } from '../data-set/row-values.ts';
import type { Row } from '../data-set/rows.ts';
import type { DeclaredFeature } from '../intake/manifest.ts';
import type { Digest } from '../kernel/digest.ts';
import type { Baseline } from './contract.ts';
import { keyedHash } from './feature-counts.ts';
import { planFeatures, RunningTally } from './running-tally.ts';

export type BaselineOptions = {
  readonly digest: Digest;
  readonly model: string;
  readonly features: readonly DeclaredFeature[];
  /** The key that traffic is hashed with, or personal categories cannot be compared. */
  readonly hashKey?: Uint8Array;
};

/**
 * Counts a baseline data set as traffic is counted, so that the two can be compared. Columns that are no declared
 * features are left out, but for `prediction` and `score`.
 * @throws DataSetUnreadable when it has no rows
 */
export const summariseBaseline = async (
  rows: AsyncIterable<Row> | Iterable<Row>,
  { digest, model, features, hashKey }: BaselineOptions,
  form: Form,
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
  if (count === 0) throw new DataSetUnreadable('the data set has no rows');
  return { baselineVersion: 1, digest, rows: count, tally: tally.form() };
};
