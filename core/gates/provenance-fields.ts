import type { z } from 'zod';
import type { Dataset, Manifest, Metric } from '../intake/manifest.ts';
import type { Gate, RiskTier } from './contract.ts';

type Gap = { readonly path: string; readonly message: string };

/** One question about where a version comes from and what it rests on. All weigh the same. */
export type ProvenanceField = {
  readonly gate: Gate;
  readonly fix: string;
  /** Tiers in which a gap is a failure, however complete the rest is. */
  readonly failsIn: readonly RiskTier[];
  /** Whether it is answered, and where not; `undefined` if the question does not arise for this version. */
  readonly ask: (manifest: Manifest) => { readonly declared: boolean; readonly gaps: readonly Gap[] } | undefined;
};

const NEVER: readonly RiskTier[] = [];
const STANDARD_AND_FULL: readonly RiskTier[] = ['standard', 'full'];

const one = (path: string, value: (manifest: Manifest) => unknown, fix: string): ProvenanceField => ({
  gate: 'provenance.field',
  fix,
  failsIn: NEVER,
  ask: (manifest) => {
    const declared = value(manifest) !== undefined;
    return { declared, gaps: declared ? [] : [{ path, message: `${path.slice('$.'.length)} is not declared` }] };
  },
});

/** Asks every entry of a list. An empty list answers nothing and has no entry to blame: another question names it. */
const each = <Entry>(
  entries: (manifest: Manifest) => readonly Entry[],
  gapIn: (entry: Entry, index: number) => Gap | undefined,
  fix: string,
): ProvenanceField => ({
  gate: 'provenance.field',
  fix,
  failsIn: NEVER,
  ask: (manifest) => {
    const asked = entries(manifest);
    const gaps = asked.flatMap((entry, index) => gapIn(entry, index) ?? []);
    return { declared: asked.length > 0 && gaps.length === 0, gaps };
  },
});

const datasetsOf = (manifest: Manifest) => manifest.training?.datasets ?? [];
const parentsOf = (manifest: Manifest) => manifest.training?.parents ?? [];

/** A data set whose bytes, columns or age nobody stated cannot be found again, compared or recalled. */
const ofDatasets = (question: ProvenanceField): ProvenanceField => ({
  ...question,
  gate: 'provenance.dataset',
  failsIn: STANDARD_AND_FULL,
});

const eachDataset = (name: string, value: (dataset: z.output<typeof Dataset>) => unknown, fix: string) =>
  ofDatasets(
    each(
      datasetsOf,
      (dataset, index) =>
        value(dataset) === undefined
          ? { path: `$.training.datasets[${index}].${name}`, message: `data set ${dataset.name} has no ${name}` }
          : undefined,
      fix,
    ),
  );

const isEmpty = (record: object) => Object.keys(record).length === 0;

const sampleSize = (metric: z.output<typeof Metric>, index: number): Gap | undefined =>
  metric.n === undefined
    ? { path: `$.metrics[${index}].n`, message: `metric ${metric.name} has no sample size` }
    : undefined;

const PARENT_DIGESTS = each(
  parentsOf,
  (parent, index) =>
    parent.digest === undefined
      ? {
          path: `$.training.parents[${index}].digest`,
          message: `parent ${parent.model} ${parent.version} has no digest`,
        }
      : undefined,
  'State the root digest under which the parent is registered.',
);

export const PROVENANCE_FIELDS: readonly ProvenanceField[] = [
  ofDatasets(
    one('$.training.datasets', (m) => m.training?.datasets?.[0], 'Name every data set the version was trained on.'),
  ),
  eachDataset('digest', (dataset) => dataset.digest, 'State the SHA-256 of the data set as sha256:<64 hex digits>.'),
  eachDataset(
    'schema',
    ({ schema }) => (schema === undefined || isEmpty(schema) ? undefined : schema),
    'State every column and its type.',
  ),
  eachDataset('asOf', (dataset) => dataset.asOf, 'State when the newest record of the data set was made.'),
  one('$.training.code', (m) => m.training?.code, 'State the repository and the full commit of the training code.'),
  {
    ...one(
      '$.training.environment',
      (m) => m.training?.environment,
      'State the digest of the lock file that names every package and version.',
    ),
    gate: 'provenance.environment-lock',
    failsIn: STANDARD_AND_FULL,
  },
  one('$.training.environment.seed', (m) => m.training?.environment?.seed, 'State the seed of the training run.'),
  one('$.training.hyperparameters', (m) => m.training?.hyperparameters, 'State them, or {} if there are none.'),
  one('$.training.trainedAt', (m) => m.training?.trainedAt, 'State when the training run ended.'),
  one('$.metrics', (m) => m.metrics?.[0], 'State what was measured, on which data set, on how many samples.'),
  each((m) => m.metrics ?? [], sampleSize, 'State on how many samples it was measured.'),
  one('$.intendedUse', (m) => m.intendedUse, 'State what the model is for, and what it is not for.'),
  one('$.features', (m) => m.features?.[0], 'State the name and type of every input.'),
  one('$.baseline', (m) => m.baseline, 'Upload a sample of the training inputs and name it.'),
  { ...PARENT_DIGESTS, ask: (manifest) => (parentsOf(manifest).length > 0 ? PARENT_DIGESTS.ask(manifest) : undefined) },
];
