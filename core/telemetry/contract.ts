import { z } from 'zod';
import { Attempt } from '../intake/contract.ts';
import { defineEnv, defineEvent, defineReactor, defineTask, jsonEnv } from '../kernel/contract.ts';
import { Digest, digestOf, hexOf } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, Throttled, UploadChanged } from '../kernel/failures.ts';
import { DeploymentName, ModelId, type Subject, VersionId } from '../kernel/identity.ts';
import { CaptureLimits } from './capture-limits.ts';
import { CategoryForm } from './category-form.ts';
import { BaselineRefused, BaselineUnreadable } from './failures.ts';
import { SketchForm } from './sketch-form.ts';

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

/** Requests of one minute, light enough to be looked at every few seconds. */
export const MinuteCounts = z.object({
  start: z.iso.datetime(),
  requests: Count,
  errors: Count,
  /** Milliseconds. */
  latency: SketchForm,
});
export type MinuteCounts = z.infer<typeof MinuteCounts>;

/** A capture file that cannot be read was set aside: nothing in it counts. */
export const CaptureRejected = z.object({
  id: z.string(),
  source: Source,
  reason: z.string(),
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
});
export type CaptureRejected = z.infer<typeof CaptureRejected>;

/** How long what is counted stays, in days. */
export const Retention = z.strictObject({
  captureDays: z.int().min(1).max(30).default(3).describe('raw captures, which hold payloads'),
  minuteDays: z.int().min(2).max(30).default(7).describe('windows of one minute, and until when late events count'),
  windowDays: z.int().min(31).max(3650).default(400).describe('windows of one hour and one day'),
});
export type Retention = z.infer<typeof Retention>;

export const streamPath = ({ model, version, deployment }: Stream) => `${model}/${version}/${deployment}`;

export const CAPTURES = 'captures/';

/**
 * A key `captures/model=<model>/…` speaks for one model: events that name another one do not count. Whoever may publish
 * for some models only may write only there.
 */
export const capturesOf = (model: string) => `${CAPTURES}model=${model}/`;
export const modelOfCapture = (key: string): string | undefined => /^captures\/model=([^/]+)\//.exec(key)?.[1];

const summaryId = ({ key, versionId }: Source) => hexOf(digestOf(`${key}\n${versionId}`));

export const telemetry = {
  events: { captureRejected: defineEvent('telemetry.capture-rejected.v1', CaptureRejected) },
  tasks: {
    /** Before a version is signed: one whose traffic cannot be compared with what it declares is refused. */
    summariseBaseline: defineTask({
      env: defineEnv({
        EVIDENCE_BUCKET: z.string(),
        TELEMETRY_BUCKET: z.string(),
        HASH_KEY_ARN: z.string(),
        BASELINE_BUCKETS: jsonEnv(z.array(z.string())),
      }),
      input: z.object({ attempt: Attempt, inventory: EvidenceRef, manifest: EvidenceRef }),
      output: z.object({ outcome: z.enum(['summarised', 'none']), rows: z.int() }),
      failures: [EvidenceAltered, Throttled, UploadChanged, BaselineUnreadable, BaselineRefused],
    }),
  },
  reactors: {
    /** Counts a capture file, once. */
    summarise: defineReactor({
      env: defineEnv({
        CAPTURE_BUCKET: z.string(),
        TELEMETRY_BUCKET: z.string(),
        TELEMETRY_TABLE: z.string(),
        REGISTRY_TABLE: z.string(),
        EVIDENCE_BUCKET: z.string(),
        HASH_KEY_ARN: z.string(),
        CAPTURE_LIMITS: jsonEnv(CaptureLimits),
        RETENTION: jsonEnv(Retention),
        STAGE: z.string(),
      }),
    }),
    /** Merges the summaries of an hour, and the hours of a day, once they are over and whenever one comes late. */
    rollUp: defineReactor({
      env: defineEnv({
        TELEMETRY_BUCKET: z.string(),
        TELEMETRY_TABLE: z.string(),
        RETENTION: jsonEnv(Retention),
      }),
    }),
  },
  keys: {
    /** Named by the file and its version, so that a file delivered again finds its summary standing. */
    summary: (source: Source) => `summaries/${summaryId(source)}.jsonl`,
    window: ({ stream, grain, start }: Pick<Window, 'stream' | 'grain' | 'start'>) =>
      `windows/${streamPath(stream)}/${grain}/${start}.json`,
    /** By version, data set and declared features, as `baseline-source.ts` names them. */
    baseline: ({ model, version }: Subject, id: Digest) => `baselines/${model}/${version}/${hexOf(id)}.json`,
    /** The key that personal categories are hashed with, encrypted. */
    hashKey: 'keys/personal-categories',
  },
  /** Without this exact context KMS decrypts nothing: who may use the key for this may use it for nothing else. */
  hashPurpose: 'clearance-personal-categories',
} as const;

export { type BinCounts, BinReader, coarser, decodeBinCounts } from './bin-counts.ts';
export { CaptureLimits } from './capture-limits.ts';
export { BUCKETS, bucketOf, categoryTotal, completeBelow, rankOf } from './category-counts.ts';
export { Sketch } from './sketch.ts';
export type { SketchForm } from './sketch-form.ts';
