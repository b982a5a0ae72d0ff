import { z } from 'zod';
import { Attempt, evidenceKey } from '../intake/contract.ts';
import { defineEnv, defineTask } from '../kernel/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, Throttled } from '../kernel/failures.ts';
import { Reason } from '../kernel/reason.ts';

/** Policy's answer. The empty case denies: no permit is a no, and a no always has a reason. */
export const Decision = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('allow'), policies: z.array(z.string()).min(1) }),
  z.object({ outcome: z.literal('deny'), policies: z.array(z.string()), reasons: z.array(Reason).min(1) }),
]);
export type Decision = z.infer<typeof Decision>;

const EntityUid = z.object({ type: z.string(), id: z.string() });
const Attributes = z.record(z.string(), z.json());

/** What Cedar is asked, in the shape of `policies/clearance.cedarschema`: all of it, so that it can be asked again. */
export const PolicyQuery = z.object({
  principal: EntityUid,
  action: EntityUid,
  resource: EntityUid,
  /** Of the resource. */
  attributes: Attributes,
  context: Attributes,
});
export type PolicyQuery = z.infer<typeof PolicyQuery>;

/** The evidence document: the decision, what it was asked, and which policy text answered. */
export const DecisionRecord = z.object({
  decision: Decision,
  request: PolicyQuery,
  /** Digest of the policy set and schema that were asked. */
  policySet: Digest,
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

export const policy = {
  tasks: {
    decideRegistration: defineTask({
      env: defineEnv({ EVIDENCE_BUCKET: z.string() }),
      input: z.object({
        attempt: Attempt,
        manifest: EvidenceRef,
        digests: EvidenceRef,
        scan: EvidenceRef,
        gates: EvidenceRef,
      }),
      output: z.object({ outcome: z.enum(['allow', 'deny']), record: EvidenceRef }),
      failures: [EvidenceAltered, Throttled],
    }),
  },
  keys: { record: (attempt: Attempt) => evidenceKey(attempt, 'decision') },
} as const;
