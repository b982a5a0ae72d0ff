import { z } from 'zod';
import { Digest, digestOf, hexOf } from '../kernel/digest.ts';
import { DeploymentName, ModelId, type Subject, VersionId } from '../kernel/identity.ts';
import { CategoryForm } from './category-counts.ts';
import { SketchForm } from './sketch.ts';

/** What one deployment of one model version answered: everything is counted per stream. */
export const Stream = z.object({ model: ModelId, version: VersionId, deployment: DeploymentName });
export type Stream = z.infer<typeof Stream>;

const Count = z.int().min(0);

/**
 * What was seen of one feature. Every event with features counts once: in `missing`, `nulls` or `retyped`, or as a value
 * (in `values` or `categories`; in neither if it is personal or a point in time). An optional one may be absent.
 */
export const FeatureForm = z.object({
  /** Numbers; of a text its length. */
  values: SketchForm.optional(),
  /** Categories and booleans; of a personal category its keyed hash. */
  categories: CategoryForm.optional(),
  nulls: Count,
  /** Required and not there. */
  missing: Count,
  /** Of another type than declared. */
  retyped: Count,
  /** A number below `minimum` or above `maximum`; it is in `values` too. */
  outOfRange: Count,
  /** Not one of the declared categories; it is in `categories` too. */
  newCategory: Count,
});
export type FeatureForm = z.infer<typeof FeatureForm>;

/** Of a model's answers: numbers and categories apart, everything else counted. */
export const OutputForm = z.object({
  values: SketchForm,
  categories: CategoryForm,
  nulls: Count,
  /** Objects and lists. */
  other: Count,
});
export type OutputForm = z.infer<typeof OutputForm>;

/** Counts of one stream over one span of time. Integers, apart from the smallest and largest values. */
export const Tally = z.object({
  requests: Count,
  errors: Count,
  errorCodes: CategoryForm,
  /** Milliseconds. */
  latency: SketchForm,
  cost: SketchForm,
  score: SketchForm,
  prediction: OutputForm,
  segments: CategoryForm,
  segmentErrors: CategoryForm,
  /** Events that carried features: what the counts of a feature add up to. */
  withFeatures: Count,
  /** By name, in order. Pairs, since a feature may be named `__proto__`. */
  features: z.array(z.tuple([z.string(), FeatureForm])),
  /** Names that the manifest does not declare. */
  undeclared: CategoryForm,
});
export type Tally = z.infer<typeof Tally>;

export const Grain = z.enum(['minute', 'hour', 'day']);
export type Grain = z.infer<typeof Grain>;

export const MILLISECONDS: Readonly<Record<Grain, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** A stream's counts from `start`, a multiple of the grain in UTC, for the length of the grain. */
export const Window = z.object({
  windowVersion: z.literal(1),
  grain: Grain,
  start: z.iso.datetime(),
  stream: Stream,
  tally: Tally,
});
export type Window = z.infer<typeof Window>;

/** The capture file that a summary is of. */
export const Source = z.object({ key: z.string().min(1), versionId: z.string().min(1) });
export type Source = z.infer<typeof Source>;

/** What was read of a capture file and what became of it. */
export const Ledger = z.object({
  lines: Count,
  bytes: Count,
  /** Counted in a window each. */
  events: Count,
  /** Lines that are no JSON object, by what is wrong. */
  broken: z.record(z.string(), z.int()),
  /** The first few of them: where, never what. */
  brokenSample: z.array(z.object({ line: z.int(), byte: z.int(), error: z.string() })),
  /** Events that do not count, by reason. */
  refused: z.record(z.string(), z.int()),
  /** Model versions that events named and nobody registered, as `model/version`. */
  unregistered: CategoryForm,
});
export type Ledger = z.infer<typeof Ledger>;

/**
 * One line of a summary: everything from one capture file, or a part of it where all of it at once would not fit into
 * memory. A summary is one object of one or more lines, and is never changed.
 */
export const SummaryPart = z.object({
  summaryVersion: z.literal(1),
  source: Source,
  part: Count,
  /** On the last part only, and about all of them. */
  ledger: Ledger.optional(),
  windows: z.array(Window),
});
export type SummaryPart = z.infer<typeof SummaryPart>;

/** The baseline data set of a model version, counted as its traffic is. */
export const Baseline = z.object({
  baselineVersion: z.literal(1),
  /** Of the bytes of the data set. */
  digest: Digest,
  rows: Count,
  tally: Tally,
});
export type Baseline = z.infer<typeof Baseline>;

const streamPath = ({ model, version, deployment }: Stream) => `${model}/${version}/${deployment}`;

export const telemetry = {
  keys: {
    /** Named by the file and its version, so that a file delivered again finds its summary standing. */
    summary: ({ key, versionId }: Source) => `summaries/${hexOf(digestOf(`${key}\n${versionId}`))}.jsonl`,
    window: ({ stream, grain, start }: Pick<Window, 'stream' | 'grain' | 'start'>) =>
      `windows/${streamPath(stream)}/${grain}/${start}.json`,
    /** By version too: what is counted of the same bytes depends on the features that the manifest declares. */
    baseline: ({ model, version }: Subject, digest: Digest) => `baselines/${model}/${version}/${hexOf(digest)}.json`,
  },
} as const;

export { type BinCounts, coarser, decodeBinCounts } from './bin-counts.ts';
export { BUCKETS, bucketOf, categoryTotal, completeBelow, rankOf } from './category-counts.ts';
export { Sketch, type SketchForm } from './sketch.ts';
