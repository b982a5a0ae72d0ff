import type { Observed } from '../../core/drift/bins.ts';
import type { DeclaredFeature } from '../../core/intake/manifest.ts';
import type { Tally } from '../../core/telemetry/contract.ts';
import { planFeatures, RunningTally } from '../../core/telemetry/running-tally.ts';
import { feature } from './inference.ts';

/** The tally of events that carry these features, and as many predictions as are given. */
export const tallyOf = (
  rows: readonly { readonly [name: string]: unknown }[],
  features: readonly DeclaredFeature[],
  predictions: readonly unknown[] = [],
): Tally => {
  const tally = new RunningTally();
  const plan = planFeatures(features, undefined);
  for (const row of rows) tally.addFeatures(row, plan);
  for (const prediction of predictions) tally.addOutputs(prediction, undefined);
  return tally.form();
};

export const observed = (values: readonly unknown[], type: DeclaredFeature['type'] = 'number', more = {}): Observed => {
  const tally = tallyOf(
    values.map((value) => ({ x: value })),
    [feature('x', type, more)],
  );
  return tally.features[0]?.[1] as Observed;
};

/** Repeatable noise: a test that fails must fail again. */
export const randomness = (seed: number) => {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
};
