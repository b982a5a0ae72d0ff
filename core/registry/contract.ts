import { z } from 'zod';
import { RiskTier } from '../gates/contract.ts';
import { Attempt, DigestWays, evidenceKey, PublishedBundle } from '../intake/contract.ts';
import { defineEnv, defineEvent, defineReactor, defineTask } from '../kernel/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, Throttled } from '../kernel/failures.ts';
import { ModelId, VersionId } from '../kernel/identity.ts';
import { ReservationLost } from './failures.ts';

/** A registered model version: written once, never changed. */
export const RegisteredVersion = z.object({
  model: ModelId,
  version: VersionId,
  root: Digest,
  owner: z.string(),
  format: z.string(),
  tier: RiskTier,
  stage: z.literal('registered'),
  registeredAt: z.iso.datetime(),
  attempt: z.string(),
  files: z.int(),
  bytes: z.int(),
  /** A version that was registered before this was kept has it in its evidence alone. */
  digests: DigestWays.optional(),
  /** `model.sig` beside the model. */
  bundle: PublishedBundle,
  /** What it rests on, by name: manifest, inventory, digests, scan, gates, decision, bundle. */
  evidence: z.record(z.string(), EvidenceRef),
});
export type RegisteredVersion = z.infer<typeof RegisteredVersion>;

/** The current state of a model: one per model. */
export const ModelHead = z.object({
  model: ModelId,
  owner: z.string(),
  latest: VersionId,
  versions: z.int(),
  updatedAt: z.iso.datetime(),
});
export type ModelHead = z.infer<typeof ModelHead>;

export const VersionRegistered = z.object({
  id: z.string(),
  model: ModelId,
  version: VersionId,
  attempt: z.string(),
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
  root: Digest,
  tier: RiskTier,
  owner: z.string(),
  format: z.string(),
  bundle: z.object({ bucket: z.string(), key: z.string(), digest: Digest }),
});
export type VersionRegistered = z.infer<typeof VersionRegistered>;

export const registry = {
  events: { versionRegistered: defineEvent('registry.version-registered.v1', VersionRegistered) },
  tasks: {
    /** Only one root can ever be registered under a version: the first to be reserved. */
    reserveVersion: defineTask({
      env: defineEnv({ EVIDENCE_BUCKET: z.string(), REGISTRY_TABLE: z.string() }),
      input: z.object({ attempt: Attempt, root: Digest }),
      output: z.object({ outcome: z.enum(['reserved', 'refused']), refusal: EvidenceRef.nullable() }),
      failures: [Throttled],
    }),
    registerVersion: defineTask({
      env: defineEnv({ EVIDENCE_BUCKET: z.string(), REGISTRY_TABLE: z.string() }),
      input: z.object({
        attempt: Attempt,
        tier: RiskTier,
        root: Digest,
        bundle: PublishedBundle,
        evidence: z.record(z.string(), EvidenceRef.nullable()),
      }),
      output: z.object({ outcome: z.enum(['registered', 'already-registered']) }),
      failures: [EvidenceAltered, Throttled, ReservationLost],
    }),
  },
  reactors: {
    publishFacts: defineReactor({
      env: defineEnv({ EVENT_BUS_NAME: z.string(), STAGE: z.string(), FINDINGS_PRODUCT: z.string() }),
    }),
    answerQuery: defineReactor({
      env: defineEnv({
        REGISTRY_TABLE: z.string(),
        INTAKE_TABLE: z.string(),
        VERIFICATION_TABLE: z.string(),
        EVIDENCE_BUCKET: z.string(),
        MODEL_BUCKET: z.string(),
        SIGNING_KEY_ARN: z.string(),
      }),
    }),
  },
  keys: {
    refusal: (attempt: Attempt) => evidenceKey(attempt, 'registry-refusal'),
  },
} as const;
