import { z } from 'zod';
import { Attempt } from '../intake/contract.ts';
import { defineEnv, defineReactor, defineTask, jsonEnv } from '../kernel/contract.ts';
import { Digest, hexOf } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, Throttled } from '../kernel/failures.ts';
import { AttestationKind } from './attestation.ts';
import { BundleUnverifiable, KeyUnusable } from './failures.ts';
import { KeyRules } from './key-set.ts';

export const signing = {
  tasks: {
    signVersion: defineTask({
      env: defineEnv({ EVIDENCE_BUCKET: z.string(), SIGNING_KEY_ARN: z.string() }),
      input: z.object({
        attempt: Attempt,
        digests: EvidenceRef,
        /** What is attested besides. Left out by executions that began before there were attestations. */
        about: z
          .object({ manifest: EvidenceRef, scan: EvidenceRef, gates: EvidenceRef, decision: EvidenceRef })
          .optional(),
      }),
      output: z.object({
        bundle: EvidenceRef,
        root: Digest,
        attestations: z.record(AttestationKind, EvidenceRef.nullable()),
      }),
      failures: [EvidenceAltered, Throttled, KeyUnusable, BundleUnverifiable],
    }),
  },
  reactors: {
    /** Tells everybody which keys count. The one function that may use the keys for sets. */
    publishKeys: defineReactor({
      env: defineEnv({
        MODEL_BUCKET: z.string(),
        SIGNING_KEY_ARN: z.string(),
        /** Oldest first; all of them seal. */
        KEY_SET_KEY_ARNS: jsonEnv(z.array(z.string()).min(1)),
        LOG_KEY_ARN: z.string(),
        LOG_ORIGIN: z.string(),
        KEY_RULES: jsonEnv(KeyRules),
        STAGE: z.string(),
      }),
    }),
  },
  keys: {
    /** In the model bucket: the newest set, and every one that ever stood. */
    keySet: {
      current: 'keys/key-set.json',
      version: (version: number) => `keys/key-set.${version}.json`,
    },
    /**
     * By root digest, not by attempt: whoever asks, and however often, one signature stands for the same bytes. By key
     * too, or a bundle that a replaced key left behind would stand in the way of the version for good.
     */
    bundle: (subject: { model: string; version: string }, root: Digest, keyHint: string) =>
      `signing/${subject.model}/${subject.version}/${hexOf(root)}-${keyHint.slice(0, 16)}.json`,
    /** In the evidence bucket: by attempt, since each looks at the bytes anew, and by key as bundles are. */
    attestation: ({ model, version, id, look }: Attempt, kind: AttestationKind, keyHint: string) =>
      `signing/${model}/${version}/${id}/${look}/${kind}-${keyHint.slice(0, 16)}.json`,
    /** In the model bucket, where whoever may read the model finds it; no upload is ever taken from there. */
    publishedAttestation: ({ model, version }: { model: string; version: string }, kind: AttestationKind, of: Digest) =>
      `attestations/${model}/${version}/${kind}-${hexOf(of).slice(0, 16)}.json`,
  },
} as const;

export { AttestationKind } from './attestation.ts';
export { KeyUnusable } from './failures.ts';
export { KeyRules } from './key-set.ts';
export type { Signer } from './ports.ts';
export { openStatement, signStatement } from './statement.ts';
export type { Trust } from './trust.ts';
export { filesSigned, MAX_BUNDLE_BYTES, verifyBundle } from './verify-bundle.ts';
