import { categoryTotal, type Tally } from '../telemetry/contract.ts';
import type { Observed } from './bins.ts';
import type { DriftFinding } from './contract.ts';

/** What was seen in a window, by name. */
export type Observations = { readonly of: (signal: Signal) => Observed };
/** Something that can drift: a feature, or what the model answers. */
export type Signal = Pick<DriftFinding, 'signal' | 'name'>;

const NOTHING: Observed = { nulls: 0 };

export const observationsIn = ({ features, prediction, score }: Tally): Observations => {
  const byName = new Map(features);
  return {
    of: ({ signal, name }) => {
      if (signal === 'feature') return byName.get(name) ?? NOTHING;
      return signal === 'prediction' ? prediction : { values: score, nulls: 0 };
    },
  };
};

/** How many values there are, nulls and what is not finite with them. */
export const sizeOf = ({ values, categories, nulls }: Observed): number =>
  nulls +
  (values === undefined ? 0 : values.count + values.nonFinite) +
  (categories === undefined ? 0 : categoryTotal(categories));

const OUTPUTS: readonly Signal[] = [
  { signal: 'prediction', name: 'prediction' },
  { signal: 'score', name: 'score' },
];

/**
 * What a baseline can be compared in. Personal data is dropped and times move on by themselves: of those it holds
 * neither values nor categories.
 */
export const signalsOf = (baseline: Tally): Signal[] => [
  ...baseline.features
    .filter(([, { values, categories }]) => values !== undefined || categories !== undefined)
    .map(([name]): Signal => ({ signal: 'feature', name })),
  ...OUTPUTS.filter((output) => sizeOf(observationsIn(baseline).of(output)) > 0),
];
