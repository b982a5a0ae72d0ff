import { z } from 'zod';
import { defineEnv, defineEvent, defineReactor, defineTask, jsonEnv } from '../kernel/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, KeySetUnreadable, Throttled, UploadChanged } from '../kernel/failures.ts';
import { Reason } from '../kernel/reason.ts';
import { BundleForged, ManifestVersionGone } from './failures.ts';

/**
 * One attempt to get a model version cleared. Its id is the S3 version of the manifest that announced it, so that the
 * same manifest delivered twice is the same attempt, and a manifest written again is another. A file written over a
 * registered version without a new manifest is an attempt too; its id is then the S3 version of that file.
 * `model` and `version` are the key segments as they stand; they are valid names only once inventory said so.
 */
export const Attempt = z.object({
  bucket: z.string(),
  model: z.string(),
  version: z.string(),
  id: z.string(),
  /** S3 version of the manifest. */
  manifest: z.string(),
  /** How often inventory began anew because declared bytes had not arrived. Evidence of each look stands apart. */
  look: z.int().min(0),
  /** The deadline has passed: what is missing now is refused. */
  lastLook: z.boolean(),
});
export type Attempt = z.infer<typeof Attempt>;

/** Where the evidence of this look at this attempt stands. */
export const evidenceKey = (attempt: Attempt, name: string): string =>
  `intake/${attempt.model}/${attempt.version}/${attempt.id}/${attempt.look}/${name}.json`;

export const MANIFEST = 'manifest.json';
export const BUNDLE = 'model.sig';
/** What the tag on an object version says of it: readers get it, or nobody does. */
export const CLEARED = 'registered';
export const QUARANTINED = 'quarantined';
/** No manifest is read beyond this. */
export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** A file as inventory pinned it. */
export const PinnedFile = z.object({
  path: z.string(),
  key: z.string(),
  versionId: z.string(),
  size: z.int(),
  /** Absent for manifest.json alone, which cannot declare itself. */
  declared: Digest.optional(),
});
export type PinnedFile = z.infer<typeof PinnedFile>;

export const Inventory = z.object({ attempt: Attempt, files: z.array(PinnedFile), bytes: z.int() });
export type Inventory = z.infer<typeof Inventory>;

/** How a digest was obtained: from S3's stored checksum (no byte read) or by reading the object. */
export const FileDigest = z.object({
  path: z.string(),
  digest: Digest,
  source: z.enum(['stored', 'read']),
  bytesRead: z.int(),
});
export const DigestReport = z.object({
  root: Digest,
  files: z.array(FileDigest),
  bytesRead: z.int(),
  /** Files whose bytes are not what the manifest declared. */
  mismatches: z.array(z.object({ path: z.string(), declared: Digest, actual: Digest })),
});
export type DigestReport = z.infer<typeof DigestReport>;

/** The ways in which digests were obtained, counted by file. */
export const DigestWays = z.object({ stored: z.int(), read: z.int(), bytesRead: z.int() });
export type DigestWays = z.infer<typeof DigestWays>;

export const waysOf = ({ files, bytesRead }: DigestReport): DigestWays => {
  const stored = files.filter(({ source }) => source === 'stored').length;
  return { stored, read: files.length - stored, bytesRead };
};

/** Evidence of a refusal before policy was asked: what was handed in could not even be read. */
export const Refusal = z.object({ reasons: z.array(Reason).min(1) });
export type Refusal = z.infer<typeof Refusal>;

/** `model.sig` as it stands beside the model. */
export const PublishedBundle = z.object({ key: z.string(), versionId: z.string() });
export type PublishedBundle = z.infer<typeof PublishedBundle>;

/** The answer as it stands at `answers/<model>/<version>/<attempt>.json`. */
export const Answer = z.object({
  answerVersion: z.literal(1),
  outcome: z.enum(['registered', 'rejected', 'superseded']),
  model: z.string(),
  version: z.string(),
  attempt: z.string(),
  answeredAt: z.iso.datetime(),
  reasons: z.array(Reason),
  root: Digest.optional(),
  tier: z.string().optional(),
  bundle: PublishedBundle.optional(),
  evidence: z.record(z.string(), EvidenceRef),
  execution: z.string(),
});
export type Answer = z.infer<typeof Answer>;

/** One attempt as the plane sees it now. */
export const AttemptStatus = z.object({
  attempt: z.string(),
  status: z.enum(['running', 'incomplete', 'answered']),
  outcome: z.enum(['registered', 'rejected', 'superseded']).optional(),
  firstSeenAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().optional(),
  /** Key of the answer object, in the model bucket. */
  answer: z.string().optional(),
  /** The first twenty reasons of a no. */
  reasons: z.array(Reason),
  reasonCount: z.int(),
  /** While incomplete: until when the missing files may still arrive. */
  deadline: z.iso.datetime().optional(),
});
export type AttemptStatus = z.infer<typeof AttemptStatus>;

/** What one run of the digest step has: Lambda gives no function more. */
export const DIGEST_SECONDS = 15 * 60;
/**
 * What that run can surely read. Bytes come at 50 MB/s at least, which is assumed: the low end of the 400 to 700 Mbit/s
 * that people report of S3 to one Lambda; hashing them is forty times as fast. 60 s are left for the start, for asking
 * S3 for 20,000 checksums, sixteen at once, and for writing the report. (900 s - 60 s) · 50 MB/s = 42 GB.
 */
const READ_BYTES = (DIGEST_SECONDS - 60) * 50e6;

/** What a stage takes; everything above it is refused by name. */
export const IntakeLimits = z.strictObject({
  files: z.int().min(1).max(20_000).default(10_000),
  bytes: z
    .int()
    .min(1)
    .default(200 * 1024 ** 3),
  /** Of those, bytes of which S3 keeps no SHA-256, so that the plane has to read them all. */
  readBytes: z.int().min(0).default(READ_BYTES),
  /** How long files that a manifest declares may stay missing. */
  incompleteSeconds: z
    .int()
    .min(1)
    .default(15 * 60),
  /** How often a workflow that died is started again before the attempt is rejected. */
  tries: z.int().min(1).max(20).default(5),
});
export type IntakeLimits = z.infer<typeof IntakeLimits>;

const execution = z.string().min(1);
const Evidenced = { EVIDENCE_BUCKET: z.string() } as const;

export const VersionRejected = z.object({
  id: z.string(),
  model: z.string(),
  version: z.string(),
  attempt: z.string(),
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
  /** The first twenty; the answer object has them all. */
  reasons: z.array(Reason).min(1).max(20),
  reasonCount: z.int(),
  answer: z.object({ bucket: z.string(), key: z.string() }),
});
export type VersionRejected = z.infer<typeof VersionRejected>;

export const intake = {
  events: { versionRejected: defineEvent('intake.version-rejected.v1', VersionRejected) },
  tasks: {
    claimUpload: defineTask({
      env: defineEnv({
        INTAKE_TABLE: z.string(),
        INTAKE_LIMITS: jsonEnv(IntakeLimits),
        LEASE_SECONDS: jsonEnv(z.number()),
      }),
      input: z.object({
        bucket: z.string(),
        key: z.string(),
        versionId: z.string(),
        /** The S3 version of a file that was written over a registered version. */
        trigger: z.string().nullable(),
        execution,
      }),
      output: z.object({
        outcome: z.enum(['claimed', 'exhausted', 'not-a-manifest', 'in-progress', 'answered']),
        attempt: Attempt.nullable(),
      }),
      failures: [Throttled],
    }),
    takeInventory: defineTask({
      env: defineEnv({
        ...Evidenced,
        MODEL_BUCKET: z.string(),
        INTAKE_TABLE: z.string(),
        REGISTRY_TABLE: z.string(),
        INTAKE_LIMITS: jsonEnv(IntakeLimits),
      }),
      input: z.object({ attempt: Attempt, execution }),
      output: z.object({
        /** `arrived`: what was missing came while we put the attempt to rest; claim it again. */
        outcome: z.enum(['complete', 'incomplete', 'arrived', 'refused', 'superseded']),
        inventory: EvidenceRef.nullable(),
        manifest: EvidenceRef.nullable(),
        refusal: EvidenceRef.nullable(),
        files: z.int(),
        bytes: z.int(),
      }),
      failures: [EvidenceAltered, Throttled, ManifestVersionGone],
    }),
    digestFiles: defineTask({
      env: defineEnv({ ...Evidenced, INTAKE_TABLE: z.string(), INTAKE_LIMITS: jsonEnv(IntakeLimits) }),
      input: z.object({ attempt: Attempt, inventory: EvidenceRef, execution }),
      output: z.object({
        /**
         * `stale`: a declared file has not arrived yet, and under its name stands what an earlier attempt left.
         * `refused`: there is more to read than can be read, and nothing was.
         */
        outcome: z.enum(['digested', 'stale', 'refused']),
        report: EvidenceRef.nullable(),
        refusal: EvidenceRef.nullable(),
        root: Digest.nullable(),
        bytesRead: z.int(),
      }),
      failures: [EvidenceAltered, Throttled, UploadChanged],
    }),
    /** Runs after the version is reserved and before it is registered: a registered version is a readable one. */
    publishVersion: defineTask({
      env: defineEnv({ ...Evidenced, MODEL_BUCKET: z.string(), KEY_SET_KEY_ARN: z.string() }),
      input: z.object({
        attempt: Attempt,
        inventory: EvidenceRef,
        bundle: EvidenceRef,
        attestations: z.record(z.string(), EvidenceRef.nullable()).default({}),
      }),
      output: z.object({ bundle: PublishedBundle }),
      failures: [EvidenceAltered, Throttled, UploadChanged, BundleForged, KeySetUnreadable],
    }),
    answerUpload: defineTask({
      env: defineEnv({ INTAKE_TABLE: z.string() }),
      input: z.object({
        attempt: Attempt,
        execution,
        root: Digest,
        tier: z.string(),
        bundle: PublishedBundle,
        evidence: z.record(z.string(), EvidenceRef.nullable()),
      }),
      output: z.object({ answer: z.string() }),
      failures: [Throttled],
    }),
    quarantineVersion: defineTask({
      env: defineEnv({ ...Evidenced, INTAKE_TABLE: z.string(), REGISTRY_TABLE: z.string() }),
      input: z.object({
        attempt: Attempt,
        execution,
        evidence: z.record(z.string(), EvidenceRef.nullable()),
        /** Set when a step failed by name: `error` is the failure's name, `cause` what Lambda reported. */
        failure: z.object({ error: z.string(), cause: z.string() }).nullable(),
      }),
      output: z.object({ answer: z.string() }),
      failures: [EvidenceAltered, Throttled],
    }),
  },
  reactors: {
    recheckUpload: defineReactor({
      env: defineEnv({ INTAKE_TABLE: z.string(), REGISTRY_TABLE: z.string(), WORKFLOW_ARN: z.string() }),
    }),
    sweepUploads: defineReactor({
      env: defineEnv({ INTAKE_TABLE: z.string(), WORKFLOW_ARN: z.string(), INTAKE_LIMITS: jsonEnv(IntakeLimits) }),
    }),
  },
  keys: {
    bundle: (attempt: { model: string; version: string }) => `models/${attempt.model}/${attempt.version}/${BUNDLE}`,
    prefix: ({ model, version }: { model: string; version: string }) => `models/${model}/${version}/`,
    manifest: (attempt: Attempt) => evidenceKey(attempt, 'manifest'),
    inventory: (attempt: Attempt) => evidenceKey(attempt, 'inventory'),
    digests: (attempt: Attempt) => evidenceKey(attempt, 'digests'),
    refusal: (attempt: Attempt) => evidenceKey(attempt, 'refusal'),
    answer: (attempt: Attempt) => `answers/${attempt.model}/${attempt.version}/${attempt.id}.json`,
  },
} as const;
