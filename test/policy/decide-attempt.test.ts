import { describe, expect, test } from 'vitest';
import { GateReport } from '../../core/gates/contract.ts';
import { DigestReport } from '../../core/intake/contract.ts';
import { Manifest } from '../../core/intake/manifest.ts';
import { keepEvidence, readEvidence } from '../../core/kernel/evidence.ts';
import { DecisionRecord, policy } from '../../core/policy/contract.ts';
import { decide } from '../../core/policy/decide.ts';
import { decideAttempt } from '../../core/policy/decide-attempt.ts';
import { loadPolicySet } from '../../core/policy/policy-set.ts';
import type { RegistrationEvidence } from '../../core/policy/registration-request.ts';
import { ScanReport } from '../../core/scanning/contract.ts';
import { anAttempt as attempt } from '../support/attempt.ts';
import { memoryEvidence } from '../support/memory-evidence.ts';
import { defaultPolicySet, evidenceOf, policySchema, withScanOf } from '../support/registration-evidence.ts';

const kept = async (found: RegistrationEvidence) => {
  const evidence = memoryEvidence();
  const refs = {
    manifest: (await keepEvidence(evidence, 'manifest', Manifest, found.manifest)).ref,
    digests: (await keepEvidence(evidence, 'digests', DigestReport, found.digests)).ref,
    scan: (await keepEvidence(evidence, 'scan', ScanReport, found.scan)).ref,
    gates: (await keepEvidence(evidence, 'gates', GateReport, found.gates)).ref,
  };
  return { evidence, input: { attempt, ...refs } };
};

describe('deciding an attempt', () => {
  test.each([
    ['allow', evidenceOf()],
    ['deny', withScanOf(evidenceOf(), { path: 'model.safetensors', verdict: 'malicious' })],
  ])('the answer %s is kept with the question, which can be asked again', async (outcome, found) => {
    const policySet = defaultPolicySet();
    const { evidence, input } = await kept(found);

    const output = await decideAttempt({ evidence, policySet })(input);
    const record = await readEvidence(evidence, output.record, DecisionRecord);

    expect(policy.tasks.decideRegistration.output.parse(output).outcome).toBe(outcome);
    expect(record).toMatchObject({ decision: { outcome }, policySet: policySet.digest });
    expect(decide(policySet, { query: record.request, details: new Map() }).outcome).toBe(outcome);
  });

  test('a retry after the policies changed finds the first answer', async () => {
    const { evidence, input } = await kept(evidenceOf());
    const first = await decideAttempt({ evidence, policySet: defaultPolicySet() })(input);

    const retried = await decideAttempt({ evidence, policySet: loadPolicySet({}, policySchema()) })(input);

    expect(retried).toEqual(first);
  });

  test('evidence that was written over is never decided on', async () => {
    const { evidence, input } = await kept(evidenceOf());
    evidence.standing.set('scan', '{"verdict":"clean","files":[],"bytesRead":0}');

    const deciding = decideAttempt({ evidence, policySet: defaultPolicySet() })(input);

    await expect(deciding).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered' });
  });
});
