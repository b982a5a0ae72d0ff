import { z } from 'zod';
import { Digest } from '../kernel/digest.ts';
import { ModelId, VersionId } from '../kernel/identity.ts';

const Text = (max: number) => z.string().min(1).max(max);
const Instant = z.iso.datetime({ offset: true });

/** A path below the version's prefix. Only the shape; `object-names.ts` says which names are refused, and why. */
const RelativePath = Text(900);

export const ARTIFACT_FORMATS = [
  'joblib',
  'pickle',
  'numpy',
  'safetensors',
  'pytorch',
  'onnx',
  'gguf',
  'keras',
  'tensorflow',
  'xgboost',
  'lightgbm',
  'catboost',
  'skops',
  'mlflow',
  'other',
] as const;

/** What is at stake. The risk tier is computed from these answers (`gates/risk-tier.ts`), never chosen. */
export const Risk = z.strictObject({
  decision: z
    .enum(['informational', 'advisory', 'automated'])
    .describe('informational: nobody acts on it; advisory: a human decides; automated: the output acts by itself'),
  affects: z.enum(['nobody', 'business', 'individuals']).describe('whom a wrong output touches first'),
  consequence: z
    .enum(['negligible', 'moderate', 'severe'])
    .describe('of one wrong output; severe: health, liberty, legal status, livelihood or physical safety'),
  reversible: z.boolean().describe('whether the affected party can have a wrong output undone'),
  personalData: z.boolean().describe('whether inputs or training data contain personal data'),
});

export const Dataset = z.strictObject({
  name: Text(200),
  uri: Text(1024).describe('where the data set is kept, for example s3://bucket/key or https://…'),
  digest: Digest.optional(),
  schema: z.record(Text(200), Text(100)).optional().describe('column name to type'),
  rows: z.int().min(0).optional(),
  asOf: Instant.optional().describe('the newest record it contains: its freshness'),
  license: Text(200).optional(),
});

/** One file of rows, in the upload or elsewhere. */
const DataSetAddress = {
  path: RelativePath.optional().describe('a data file uploaded with the model'),
  uri: z
    .string()
    .max(1200)
    .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^?#]+$/, 'expected s3://bucket/key')
    .optional()
    .describe('or, instead of path, an object in a bucket from which the plane takes data sets'),
  format: z.enum(['jsonl', 'csv', 'parquet']),
  digest: Digest.optional().describe('of its bytes; required with uri'),
};

const TrainingSample = z.strictObject({
  ...DataSetAddress,
  label: Text(200).optional().describe('the column with the label of each row'),
  block: Text(200)
    .optional()
    .describe('the column that says what each row came in: a delivery, a source, a day; else stretches of the file'),
});

const Parent = z.strictObject({ model: ModelId, version: VersionId, digest: Digest.optional() });

const Training = z.strictObject({
  datasets: z.array(Dataset).min(1).max(40).optional(),
  code: z
    .strictObject({
      repository: Text(1024),
      commit: z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'expected a full Git commit, 40 or 64 hex digits'),
    })
    .optional(),
  environment: z
    .strictObject({
      lock: Digest.describe('digest of the lock file that names every package and version'),
      lockFile: RelativePath.optional().describe('the lock file, if it is uploaded with the model'),
      image: Text(1024).optional().describe('container image by digest'),
      seed: z.int().optional(),
    })
    .optional(),
  hyperparameters: z.record(Text(200), z.json()).optional(),
  sample: TrainingSample.optional().describe('rows of the training data, whose blocks are compared with each other'),
  parents: z.array(Parent).max(20).optional().describe('base models this version was made from'),
  trainedAt: Instant.optional(),
});

export const Metric = z.strictObject({
  name: Text(100),
  value: z.number(),
  dataset: Text(200).optional().describe('name of the data set it was measured on'),
  n: z.int().min(1).optional().describe('sample size'),
  interval: z
    .strictObject({ low: z.number(), high: z.number(), confidence: z.number().gt(0).lt(1) })
    .optional()
    .describe('confidence interval'),
});

const GroupMetric = z.strictObject({
  name: Text(100),
  attribute: Text(100).describe('the attribute that divides the groups, for example age-band'),
  groups: z
    .array(z.strictObject({ group: Text(100), value: z.number(), n: z.int().min(1) }))
    .min(2)
    .max(200),
});

export const Feature = z.strictObject({
  name: Text(200),
  type: z.enum(['number', 'integer', 'boolean', 'category', 'text', 'timestamp']),
  required: z.boolean().default(true),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  categories: z.array(Text(200)).max(1000).optional(),
  personal: z.boolean().default(false).describe('personal data: dropped or keyed-hashed before anything is stored'),
});
export type DeclaredFeature = z.output<typeof Feature>;

const Baseline = z.strictObject(DataSetAddress);

const DeclaredFile = z.strictObject({
  path: RelativePath,
  digest: Digest,
  size: z.int().min(0).optional().describe('bytes'),
});

/** The most files a manifest may declare, whatever a stage is configured to take. */
export const MAX_DECLARED_FILES = 20_000;

/**
 * `manifest.json` at the top of a version's prefix: what is submitted, by whom, made from what, for what.
 * The published form is `schemas/manifest.v1.schema.json`, generated from this.
 */
export const Manifest = z.strictObject({
  $schema: z.string().optional(),
  manifestVersion: z.literal(1),
  model: ModelId,
  version: VersionId,
  description: Text(4000).optional(),
  owner: Text(200).describe('the team that answers for this model; a claim, not an identity'),
  contact: Text(320).optional().describe('where that team is reached'),
  format: z.enum(ARTIFACT_FORMATS),
  risk: Risk,
  intendedUse: z
    .strictObject({
      purpose: Text(2000),
      users: z.array(Text(200)).max(50).optional(),
      outOfScope: z.array(Text(500)).max(50).optional(),
    })
    .optional(),
  files: z.array(DeclaredFile).min(1).max(MAX_DECLARED_FILES),
  training: Training.optional(),
  metrics: z.array(Metric).max(200).optional(),
  groupMetrics: z.array(GroupMetric).max(200).optional(),
  features: z.array(Feature).max(5000).optional(),
  baseline: Baseline.optional(),
});
export type Manifest = z.infer<typeof Manifest>;
