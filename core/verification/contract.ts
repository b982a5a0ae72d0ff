import { z } from 'zod';
import { defineEnv, defineEvent, defineReactor, jsonEnv } from '../kernel/contract.ts';
import { Digest, hexOf } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { ModelId, type Subject, VersionId } from '../kernel/identity.ts';
import { Reason } from '../kernel/reason.ts';

/** The part of the stage configuration that continuous verification reads. */
export const VerificationRules = z.strictObject({
  idleMinutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(1440)
    .describe('between two checks of a version that serves nowhere; one that serves is checked in every run'),
  bytesPerRun: z
    .int()
    .min(1)
    .default(8 * 1024 ** 3)
    .describe('that one run reads and hashes anew; a file that is larger is read alone'),
  fullPeriodDays: z
    .int()
    .min(1)
    .max(366)
    .default(30)
    .describe('within which every byte is hashed anew; what waits longer is a ticket'),
});
export type VerificationRules = z.infer<typeof VerificationRules>;

/** How a check failed. That is no verdict: nothing is held and nothing is set aside for it. */
const FailedCheck = z.object({ since: z.iso.datetime(), error: z.string(), cause: z.string() });

/** So many reasons of a kind stand in a mark and in a fact; the report has them all. */
export const TOLD_REASONS = 20;

/** What the plane remembers of one version: how it stood when it was last looked at. */
export const VersionMark = z.object({
  model: ModelId,
  version: VersionId,
  revision: z.int().min(0),
  /** The last look, and the last one that came to its end. */
  triedAt: z.iso.datetime(),
  checkedAt: z.iso.datetime().nullable(),
  /** Every byte was hashed since. Null before the first time, and from a difference until all of it was hashed again. */
  hashedAt: z.iso.datetime().nullable(),
  /** A pass over all files that is under way: the next file, and whether one look was too short for that one. */
  pass: z.object({ startedAt: z.iso.datetime(), next: z.int().min(0), stuck: z.boolean() }).nullable(),
  /** What hashing found. No look that reads no bytes can see it, so it stands until the same file is hashed again. */
  broken: z.array(Reason).max(TOLD_REASONS),
  altered: z
    .object({
      since: z.iso.datetime(),
      /** Whether the last look found differences: one that was mended is altered until all of it was hashed again. */
      now: z.boolean(),
      reasons: z.array(Reason).max(TOLD_REASONS),
      reasonCount: z.int(),
      report: EvidenceRef,
      /** Of all reasons: the same ones again are no news. */
      digest: Digest,
    })
    .nullable(),
  /** Since when its readers are kept from it. */
  quarantinedAt: z.iso.datetime().nullable(),
  failed: FailedCheck.nullable(),
});
export type VersionMark = z.infer<typeof VersionMark>;

/** Of a mark, what people are told. */
export const Verified = z.object({
  checkedAt: z.iso.datetime().nullable(),
  hashedAt: z.iso.datetime().nullable(),
  alteredSince: z.iso.datetime().nullable(),
  reasons: z.array(Reason),
  quarantinedAt: z.iso.datetime().nullable(),
  failed: FailedCheck.nullable(),
});
export type Verified = z.infer<typeof Verified>;

export const verifiedOf = ({ checkedAt, hashedAt, altered, quarantinedAt, failed }: VersionMark): Verified => ({
  checkedAt,
  hashedAt,
  alteredSince: altered?.since ?? null,
  reasons: altered?.reasons ?? [],
  quarantinedAt,
  failed,
});

/** What was expected of a registered version and what was found instead: evidence, written once. */
export const AlteredReport = z.object({
  reportVersion: z.literal(1),
  model: ModelId,
  version: VersionId,
  root: Digest.nullable(),
  at: z.iso.datetime(),
  reasons: z.array(Reason).min(1),
});
export type AlteredReport = z.infer<typeof AlteredReport>;

const fact = {
  id: z.string(),
  model: ModelId,
  version: VersionId,
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
  report: EvidenceRef,
};

/** Told when a registered version is not what was registered any more, and again when what is wrong with it changes. */
export const VersionAltered = z.object({
  ...fact,
  since: z.iso.datetime(),
  reasons: z.array(Reason).min(1).max(TOLD_REASONS),
  reasonCount: z.int(),
});
export type VersionAltered = z.infer<typeof VersionAltered>;

/** Told when its readers are kept from an altered version. */
export const VersionQuarantined = z.object(fact);
export type VersionQuarantined = z.infer<typeof VersionQuarantined>;

/** Told when every byte of an altered version is again what was registered; if it was quarantined, it is readable again. */
export const VersionRestored = z.object({ ...fact, since: z.iso.datetime() });
export type VersionRestored = z.infer<typeof VersionRestored>;

/** That one run may take, of the 900 seconds that Lambda gives it: at 50 MB/s, 42 GB. */
export const RUN_SECONDS = 840;

/** What a hold of continuous verification is placed by, and where what to do stands. */
export const ALTERED = 'verification.version-altered';
export const RUNBOOK = 'verification#a-registered-version-was-altered';

export const verification = {
  events: {
    versionAltered: defineEvent('verification.version-altered.v1', VersionAltered),
    versionQuarantined: defineEvent('verification.version-quarantined.v1', VersionQuarantined),
    versionRestored: defineEvent('verification.version-restored.v1', VersionRestored),
  },
  reactors: {
    /** Called by a schedule; by a person with a model and a version, for that one and all of its bytes. */
    verifyVersions: defineReactor({
      env: defineEnv({
        VERIFICATION_TABLE: z.string(),
        VERIFICATION_RULES: jsonEnv(VerificationRules),
        REGISTRY_TABLE: z.string(),
        ROLLOUT_TABLE: z.string(),
        HOLD_TABLE: z.string(),
        PLACE_HOLD: z.string(),
        MODEL_BUCKET: z.string(),
        EVIDENCE_BUCKET: z.string(),
        KEY_SET_KEY_ARN: z.string(),
        DEPLOYMENTS: z.string(),
        STAGE: z.string(),
      }),
    }),
  },
  keys: {
    report: ({ model, version }: Subject, at: string, digest: Digest) =>
      `verification/${model}/${version}/${at}-${hexOf(digest).slice(0, 16)}.json`,
  },
} as const;
