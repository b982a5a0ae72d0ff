import { describe, expect, test } from 'vitest';
import { decide } from '../../core/policy/decide.ts';
import { loadPolicySet } from '../../core/policy/policy-set.ts';
import { registrationRequest } from '../../core/policy/registration-request.ts';
import { defaultPolicySet, evidenceOf, policySchema, withScanOf } from '../support/registration-evidence.ts';

const sound = registrationRequest(evidenceOf());
const permit = '@id("test.permit") permit (principal, action, resource);';
const load = (text: string) => loadPolicySet({ 'test.cedar': text }, policySchema());

describe('deciding', () => {
  test('no policy is a no, with a reason that says so', () => {
    const decision = decide(load(''), sound);

    expect(decision).toMatchObject({ outcome: 'deny', policies: [], reasons: [{ rule: 'policy.not-permitted' }] });
  });

  test('a no that nobody explains tells everything that is open', () => {
    const evidence = withScanOf(evidenceOf(), { path: 'model.safetensors', verdict: 'suspicious' });

    const decision = decide(load(''), registrationRequest(evidence));

    expect(decision).toMatchObject({ reasons: [{}, { rule: 'policy.not-permitted', path: 'model.safetensors' }] });
  });

  test('a policy that fails while it is evaluated is a no, even beside a permit', () => {
    const overflowing = `@id("test.overflow") @reason("r") @fix("f")
      forbid (principal, action == Clearance::Action::"register", resource)
      when { context.files.declared + 9223372036854775807 > 0 };`;

    const decision = decide(load(permit + overflowing), sound);

    expect(decision).toMatchObject({
      outcome: 'deny',
      reasons: [{ rule: 'policy.not-decided', found: expect.stringContaining('test.overflow') }],
    });
  });

  test('a question that does not fit the schema is a no', () => {
    const { files: _, ...context } = sound.query.context;

    const decision = decide(load(permit), { ...sound, query: { ...sound.query, context } });

    expect(decision).toMatchObject({ outcome: 'deny', reasons: [{ rule: 'policy.not-decided' }] });
  });

  test('a question by someone whom the schema does not know is a no', () => {
    const principal = { type: 'Clearance::Step', id: 'someone' };

    const decision = decide(load(permit), { ...sound, query: { ...sound.query, principal } });

    expect(decision).toMatchObject({ outcome: 'deny', reasons: [{ rule: 'policy.not-decided' }] });
  });

  test('a forbid without details speaks in its own words', () => {
    const forbid = `@id("test.frozen") @reason("the registry is frozen") @fix("Wait until Monday.")
      forbid (principal, action, resource);`;

    const decision = decide(load(permit + forbid), sound);

    expect(decision).toEqual({
      outcome: 'deny',
      policies: ['test.frozen'],
      reasons: [{ rule: 'test.frozen', message: 'the registry is frozen', fix: 'Wait until Monday.' }],
    });
  });
});

describe('what a reason tells', () => {
  const reasonsFor = (evidence: Parameters<typeof registrationRequest>[0]) => {
    const decision = decide(defaultPolicySet(), registrationRequest(evidence));
    return decision.outcome === 'deny' ? decision.reasons : [];
  };
  const finding = (rule: string, severity: 'low' | 'critical') => ({
    rule,
    severity,
    path: 'model.safetensors',
    what: `${rule} was found`,
    why: 'because',
    fix: `avoid ${rule}`,
  });

  test('of a malicious file: the worst finding, where it is, and how many more there are', () => {
    const worst = { ...finding('pickle.global-refused', 'critical'), member: 'archive/data.pkl', offset: 12 };
    const findings = [finding('name.mismatch', 'low'), worst];

    const reasons = reasonsFor(withScanOf(evidenceOf(), { path: 'model.safetensors', verdict: 'malicious', findings }));

    expect(reasons).toEqual([
      {
        rule: 'scanning.malicious-file',
        path: 'model.safetensors',
        message: 'loading this file runs or overwrites what its author chose',
        found:
          'pickle.global-refused in archive/data.pkl at byte 12: pickle.global-refused was found, and 1 more findings in the scan report',
        fix: 'avoid pickle.global-refused',
      },
    ]);
  });

  test('of a missed threshold: value, sample size and threshold', () => {
    const evidence = evidenceOf((manifest) => {
      manifest.metrics = [{ name: 'auc', value: 0.7, n: 5000, dataset: 'holdout' }];
    });

    expect(reasonsFor(evidence)).toMatchObject([
      { path: '$.metrics[0]', found: 'auc on holdout is 0.7, measured on 5000 samples', allowed: 'at least 0.8' },
    ]);
  });

  test('of a mismatch: both digests, once, whoever saw it', () => {
    const evidence = evidenceOf();
    const [first, ...rest] = evidence.digests.files;
    const [, model] = evidence.digests.files;
    if (first === undefined || model === undefined) throw new Error('the evidence has files');
    const swapped = [
      first,
      ...rest.map((entry) => (entry.path === model.path ? { ...entry, digest: first.digest } : entry)),
    ];

    const mismatches = [{ path: model.path, declared: model.digest, actual: first.digest }];

    const reasons = reasonsFor({ ...evidence, digests: { ...evidence.digests, files: swapped, mismatches } });

    expect(reasons).toMatchObject([{ path: model.path, found: first.digest, allowed: model.digest }]);
  });

  test('of a mismatch that only the digest step saw: the same', () => {
    const evidence = evidenceOf();
    const [, model] = evidence.digests.files;
    if (model === undefined) throw new Error('the evidence has files');
    const mismatches = [{ path: model.path, declared: model.digest, actual: evidence.digests.root }];

    const reasons = reasonsFor({ ...evidence, digests: { ...evidence.digests, mismatches } });

    expect(reasons).toMatchObject([{ rule: 'intake.digest-mismatch', found: evidence.digests.root }]);
  });

  test('of a file nobody declared: which checks have not seen it', () => {
    const evidence = evidenceOf();
    const stray = { path: 'stray.bin', digest: evidence.digests.root, source: 'read' as const, bytesRead: 1 };

    const reasons = reasonsFor({
      ...evidence,
      digests: { ...evidence.digests, files: [...evidence.digests.files, stray] },
    });

    expect(reasons).toMatchObject([{ path: 'stray.bin', found: 'a file that was not declared, nor scanned' }]);
  });

  test('a scan that calls itself unclean without naming a file is a no all the same', () => {
    const evidence = evidenceOf();

    const reasons = reasonsFor({ ...evidence, scan: { ...evidence.scan, verdict: 'malicious' } });

    expect(reasons).toMatchObject([{ rule: 'policy.not-permitted' }]);
  });
});
