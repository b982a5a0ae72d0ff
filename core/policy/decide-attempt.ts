import type { z } from 'zod';
import { GateReport } from '../gates/contract.ts';
import { DigestReport } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import { type EvidenceStore, keepEvidence, readEvidence } from '../kernel/evidence.ts';
import { ScanReport } from '../scanning/contract.ts';
import { DecisionRecord, policy } from './contract.ts';
import { decide } from './decide.ts';
import type { PolicySet } from './policy-set.ts';
import { registrationRequest } from './registration-request.ts';

const contract = policy.tasks.decideRegistration;
type Input = z.output<typeof contract.input>;
type Output = z.output<typeof contract.output>;

export type PolicyPorts = { readonly evidence: EvidenceStore; readonly policySet: PolicySet };

/** Puts an attempt's evidence before policy, and keeps what was asked beside what was answered. */
export const decideAttempt =
  ({ evidence, policySet }: PolicyPorts) =>
  async ({ attempt, ...refs }: Input): Promise<Output> => {
    const [manifest, digests, scan, gates] = await Promise.all([
      readEvidence(evidence, refs.manifest, Manifest),
      readEvidence(evidence, refs.digests, DigestReport),
      readEvidence(evidence, refs.scan, ScanReport),
      readEvidence(evidence, refs.gates, GateReport),
    ]);
    const request = registrationRequest({ attempt, manifest, digests, scan, gates });
    const decision = decide(policySet, request);
    const { ref, document } = await keepEvidence(evidence, policy.keys.record(attempt), DecisionRecord, {
      decision,
      request: request.query,
      policySet: policySet.digest,
    });
    return { outcome: document.decision.outcome, record: ref };
  };
