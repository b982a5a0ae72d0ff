import { fillIn, fillInOrRemove } from '../core/intake/placeholders.ts';
import type { Digest } from '../core/kernel/digest.ts';
import type { Checkout } from './git.ts';
import type { Told } from './told.ts';

export type SkeletonParts = {
  readonly model: string | undefined;
  readonly version: string | undefined;
  readonly owner: string | undefined;
  readonly format: string | undefined;
  readonly files: readonly { readonly path: string; readonly digest: Digest; readonly size: number }[];
  readonly checkout: Checkout | undefined;
  readonly told: Told;
};

const RISK = {
  decision: fillIn('informational (nobody acts on it), advisory (a human decides) or automated (it acts by itself)'),
  affects: fillIn('nobody, business or individuals: whom a wrong output touches first'),
  consequence: fillIn('negligible, moderate or severe: of one wrong output'),
  reversible: fillIn('true or false: can whoever is affected have a wrong output undone'),
  personalData: fillIn('true or false: are there personal data in inputs or training data'),
};

const dataset = (known: { readonly name?: string | undefined; readonly uri?: string | undefined }) => ({
  name: known.name ?? fillInOrRemove('name of a training data set'),
  uri: known.uri ?? fillInOrRemove('where it is kept, for example s3://bucket/key'),
  digest: fillInOrRemove('sha256: and 64 hex digits of the data set'),
  asOf: fillInOrRemove('when its newest record was made, for example 2026-11-23T10:00:00Z'),
});

const parent = (name: string) => ({
  model: fillInOrRemove(`the model under which ${name} is registered here`),
  version: fillInOrRemove('its version'),
});

/** Lock files that name every package, most exact first. */
const LOCKS = ['uv.lock', 'poetry.lock', 'pixi.lock', 'conda-lock.yml', 'Pipfile.lock', 'requirements.lock'];

const environment = (files: SkeletonParts['files']) => {
  const lock = LOCKS.flatMap((name) => files.find(({ path }) => path === name) ?? [])[0];
  return lock === undefined
    ? { lock: fillInOrRemove('sha256 of the lock file that names every package and version') }
    : { lock: lock.digest, lockFile: lock.path };
};

const BASELINE = /^baseline\.(jsonl|csv|parquet)$/;

const baseline = (files: SkeletonParts['files']) => {
  const file = files.find(({ path }) => BASELINE.test(path));
  if (file === undefined) return {};
  return { baseline: { path: file.path, format: BASELINE.exec(file.path)?.[1], digest: file.digest } };
};

const training = ({ files, checkout, told }: SkeletonParts) => ({
  datasets: (told.datasets ?? [{}]).map(dataset),
  code: {
    repository: checkout?.repository ?? fillInOrRemove('where the training code is kept'),
    commit: checkout?.commit ?? fillInOrRemove('its full Git commit'),
  },
  environment: environment(files),
  ...(told.hyperparameters !== undefined && { hyperparameters: told.hyperparameters }),
  ...(told.baseModels !== undefined && { parents: told.baseModels.map(parent) }),
  ...(told.trainedAt !== undefined && { trainedAt: told.trainedAt }),
});

const metrics = ({ told }: SkeletonParts) =>
  told.metrics ?? [
    {
      name: fillInOrRemove('a metric, for example accuracy'),
      value: fillInOrRemove('its value, a number'),
      dataset: fillInOrRemove('the data set it was measured on'),
      n: fillInOrRemove('on how many samples'),
    },
  ];

/** A manifest with everything that the folder tells, and a placeholder for everything that only a human knows. */
export const skeleton = (parts: SkeletonParts): object => ({
  manifestVersion: 1,
  model: parts.model ?? fillIn('1 to 63 lower-case letters, digits and hyphens'),
  version: parts.version ?? fillIn('a version, for example 1.0.0'),
  description: parts.told.description ?? fillInOrRemove('the model in a sentence or two'),
  owner: parts.owner ?? fillIn('the team that answers for this model'),
  contact: fillInOrRemove('where that team is reached'),
  format: parts.format ?? fillIn('joblib, safetensors, onnx, … or other'),
  risk: RISK,
  intendedUse: {
    purpose: fillInOrRemove('what the model is for'),
    users: [fillInOrRemove('who may use it')],
    outOfScope: [fillInOrRemove('what it must not be used for')],
  },
  files: parts.files,
  training: training(parts),
  metrics: metrics(parts),
  ...(parts.told.features !== undefined && { features: parts.told.features }),
  ...baseline(parts.files),
});
