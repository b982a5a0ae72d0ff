import { z } from 'zod';
import { RiskTier } from '../gates/contract.ts';
import { ListUnreadable } from '../hold/contract.ts';
import type { Manifest } from '../intake/manifest.ts';
import { defineEnv, defineEvent, defineReactor, defineTask, jsonEnv } from '../kernel/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, KeySetUnreadable, Throttled } from '../kernel/failures.ts';
import { DeploymentName, EnvironmentName, ModelId, VersionId } from '../kernel/identity.ts';
import { Reason } from '../kernel/reason.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import { KeyUnusable } from '../signing/contract.ts';

/** One of the environments that a stage lists: what may fly there. */
const Environment = z.strictObject({
  name: EnvironmentName,
  tiers: z.array(RiskTier).min(1).default(['light', 'standard', 'full']),
});

export const AdmissionRules = z.strictObject({
  environments: z.array(Environment).max(20).default([]),
  verdictSeconds: z.int().min(30).max(86_400).default(600).describe('for which a verdict opens doors'),
});
export type AdmissionRules = z.infer<typeof AdmissionRules>;

/** May this version run in this environment now? Behind a target, what the target says that it serves counts too. */
export const AdmissionQuestion = z.object({
  model: ModelId,
  version: VersionId,
  environment: EnvironmentName,
  target: z
    .object({
      deployment: DeploymentName,
      /** What would serve names this root digest; null: it names none. */
      served: Digest.nullable(),
    })
    .nullable(),
  /** Of the rollout that asks, and null for anybody else: the step that the yes is for. */
  step: z.int().nullable(),
});
export type AdmissionQuestion = z.infer<typeof AdmissionQuestion>;

export const GivenVerdict = z.object({
  outcome: z.enum(['allow', 'deny']),
  /** The signed document; null for a version that is not registered: there is nothing that a signature could be about. */
  verdict: EvidenceRef.nullable(),
  expiresAt: z.iso.datetime(),
  step: z.int().nullable(),
  /** The first twenty. */
  reasons: z.array(Reason),
});
export type GivenVerdict = z.infer<typeof GivenVerdict>;

/** What policy is asked about, beside what admission sees to itself. */
export type DeploymentFacts = {
  readonly version: RegisteredVersion;
  readonly risk: Manifest['risk'];
  readonly environment: EnvironmentName;
  /** Nothing, where the stage lists no such environment. */
  readonly tiers: readonly RiskTier[] | undefined;
};

const fact = {
  id: z.string(),
  model: ModelId,
  version: VersionId,
  environment: EnvironmentName,
  deployment: DeploymentName.optional(),
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
};

export const VersionAdmitted = z.object({ ...fact, root: Digest, expiresAt: z.iso.datetime(), verdict: EvidenceRef });
export type VersionAdmitted = z.infer<typeof VersionAdmitted>;

export const VersionDenied = z.object({ ...fact, reasons: z.array(Reason), reasonCount: z.int() });
export type VersionDenied = z.infer<typeof VersionDenied>;

export const admission = {
  events: {
    versionAdmitted: defineEvent('admission.version-admitted.v1', VersionAdmitted),
    versionDenied: defineEvent('admission.version-denied.v1', VersionDenied),
  },
  tasks: {
    admitVersion: defineTask({
      env: defineEnv({
        REGISTRY_TABLE: z.string(),
        HOLD_TABLE: z.string(),
        ROLLOUT_TABLE: z.string(),
        EVIDENCE_BUCKET: z.string(),
        MODEL_BUCKET: z.string(),
        SIGNING_KEY_ARN: z.string(),
        KEY_SET_KEY_ARN: z.string(),
        STAGE: z.string(),
        ADMISSION_RULES: jsonEnv(AdmissionRules),
      }),
      input: z.object({ question: AdmissionQuestion, correlationId: z.string() }),
      output: GivenVerdict,
      failures: [EvidenceAltered, Throttled, KeyUnusable, KeySetUnreadable, ListUnreadable],
    }),
  },
  reactors: {
    /** The door for pipelines. It asks the task above, which alone may sign. */
    answerAdmissions: defineReactor({
      env: defineEnv({ ADMIT_VERSION: z.string(), EVIDENCE_BUCKET: z.string(), DEPLOYMENTS: z.string() }),
    }),
  },
  keys: {
    verdict: ({ model, version, environment }: { model: string; version: string; environment: string }, id: string) =>
      `admission/${model}/${version}/${environment}/${id}.json`,
  },
} as const;
