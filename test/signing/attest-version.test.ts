import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../core/intake/manifest.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { AttestationKind } from '../../core/signing/attestation.ts';
import { signAttempt } from '../../core/signing/sign-attempt.ts';
import { verifyAttestation } from '../../core/signing/verify-attestation.ts';
import { attested, cleared, files, type Known, root } from '../support/attested.ts';
import { active, keySetOf, NOW, revoked } from '../support/key-sets.ts';
import { manifestWith } from '../support/manifest.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { signPayload } from '../support/signed-model.ts';
import { edited } from '../support/verification.ts';

const KINDS = AttestationKind.options;

/** What is stated, read from the bytes that the plane's own verifier accepted. */
const stated = async (kind: AttestationKind, known: Known = {}) => {
  const { signed, signer, textOf } = await attested(known);
  const verified = verifyAttestation(textOf(signed.attestations[kind]), signer, root);
  if (verified.outcome === 'invalid') throw new Error(JSON.stringify(verified.reasons));
  return { ...verified.statement, kind: verified.kind };
};

describe('a version that is signed', () => {
  test.each(KINDS)('has a %s attestation about the root that its bundle signs', async (kind) => {
    expect(await stated(kind)).toMatchObject({
      kind,
      subject: [{ name: 'fraud/1.4.0', digest: { sha256: root.slice('sha256:'.length) } }],
    });
  });

  test('has the first of each, however often it is signed and whatever is signed at once', async () => {
    const { evidence, request } = await cleared();
    const sign = signAttempt({ signer: p256Signer(), evidence });

    const answers = await Promise.all(Array.from({ length: 10 }, () => sign(request)));

    for (const kind of KINDS)
      expect(new Set(answers.map(({ attestations }) => attestations[kind]?.digest)).size).toBe(1);
    expect([...evidence.standing.keys()].filter((key) => key.startsWith('signing/')).length).toBe(1 + KINDS.length);
  });

  test('has none when its workflow began before there were any', async () => {
    const { evidence, request } = await cleared();
    const { about, ...before } = request;

    const signed = await signAttempt({ signer: p256Signer(), evidence })(before);

    expect(signed.attestations).toEqual({ scan: null, gates: null, provenance: null });
  });

  test('has no scan attestation when the evidence does not tell when the scan ran', async () => {
    const { signed } = await attested({ scan: { run: undefined } });

    expect(signed.attestations).toMatchObject({ scan: null, gates: {}, provenance: {} });
  });

  test.each(['manifest', 'scan', 'gates', 'decision'] as const)('is not attested on a changed %s', async (name) => {
    const { evidence, request } = await cleared();
    evidence.standing.set(request.about[name].key, '{}');

    const signing = signAttempt({ signer: p256Signer(), evidence })(request);

    await expect(signing).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered' });
  });

  test('is not attested by what somebody else put in the place of an attestation', async () => {
    const { evidence, request, signed, signer, textOf } = await attested();
    const key = signed.attestations.gates?.key ?? '';
    const failed = await attested({ gates: { tier: 'light' } }, signer);
    for (const forged of [textOf(signed.attestations.scan), failed.textOf(failed.signed.attestations.gates)]) {
      evidence.standing.set(key, forged);

      const again = signAttempt({ signer, evidence })(request);

      await expect(again).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered' });
    }
  });
});

describe('the scan attestation', () => {
  test('of a clean version lists nothing, and says by what and when it was scanned', async () => {
    expect((await stated('scan')).predicate).toEqual({
      scanner: {
        uri: 'urn:clearance:scanner',
        version: '0.1.0',
        db: { uri: 'urn:clearance:scanner:rules', version: '0.1.0', lastUpdate: '2026-11-01T00:00:00.000Z' },
        result: [],
      },
      metadata: { scanStartedOn: '2026-11-29T10:00:00.000Z', scanFinishedOn: '2026-11-29T10:00:01.000Z' },
      clearance_verdict: 'clean',
      clearance_files: 1,
      clearance_findings: 0,
    });
  });

  test('lists what was found where a policy let it pass, at most 500 and how many in all', async () => {
    const finding = { rule: 'pickle.unknown', severity: 'low', path: 'm', what: 'w', why: 'y', fix: 'f' };
    const file = { path: 'm', format: 'pickle', verdict: 'suspicious', size: 1, bytesRead: 1 };
    const scan = { verdict: 'suspicious', files: [{ ...file, findings: Array(600).fill(finding) }] };

    const { predicate } = await stated('scan', { scan });

    const { result } = predicate.scanner as { result: unknown[] };
    expect(result).toHaveLength(500);
    expect(result[0]).toEqual({
      id: 'pickle.unknown',
      severity: [{ method: 'clearance', score: 'low' }],
      annotations: [{ path: 'm', what: 'w', why: 'y', fix: 'f' }],
    });
    expect(predicate).toMatchObject({ clearance_verdict: 'suspicious', clearance_findings: 600 });
  });
});

describe('the gates attestation', () => {
  const finding = (outcome: string, path?: string) => ({ gate: 'metrics.threshold', outcome, message: 'm', path });

  test.each([
    ['PASSED', ['pass']],
    ['WARNED', ['pass', 'not-enough-evidence']],
    ['FAILED', ['pass', 'not-enough-evidence', 'fail']],
  ])('is %s for outcomes %s', async (result, outcomes) => {
    const findings = outcomes.map((outcome, index) => finding(outcome, `$.metrics[${index}]`));

    const { predicate } = await stated('gates', { gates: { findings } });

    expect(predicate).toMatchObject({
      result,
      passedTests: ['metrics.threshold $.metrics[0]'],
      warnedTests: outcomes.length > 1 ? ['metrics.threshold $.metrics[1]'] : [],
      failedTests: outcomes.length > 2 ? ['metrics.threshold $.metrics[2]'] : [],
      configuration: [{ name: 'policies' }, { name: 'gates', uri: 'intake/gates.json' }],
    });
  });
});

describe('the provenance attestation', () => {
  test('passes on what the manifest declares, and says whose claim it is', async () => {
    const { predicate } = await stated('provenance');

    expect(predicate).toEqual({
      buildDefinition: {
        buildType: 'urn:clearance:build:declared-training:v1',
        externalParameters: {
          format: 'safetensors',
          hyperparameters: { layers: [64, 32], dropout: 0.1, optimizer: { name: 'adam', amsgrad: null } },
          seed: 7,
        },
        resolvedDependencies: [
          { name: 'payments-2026q3', uri: 's3://datasets/payments/2026q3.parquet', digest: { sha256: 'd'.repeat(64) } },
          {
            name: 'code',
            uri: 'git+https://git.example.com/risk/fraud',
            digest: { gitCommit: '0123456789abcdef0123456789abcdef01234567' },
          },
          { name: 'requirements.lock', digest: { sha256: 'b'.repeat(64) } },
          { name: 'fraud/1.3.0', uri: 'urn:clearance:model:fraud/1.3.0', digest: { sha256: 'e'.repeat(64) } },
        ],
      },
      runDetails: {
        builder: { id: 'urn:clearance:builder:declared-by-the-submitter' },
        metadata: { invocationId: 'm1', finishedOn: '2026-10-02T06:00:00.000Z' },
        byproducts: [{ name: 'manifest.json', digest: { sha256: files[0]?.digest.slice('sha256:'.length) } }],
      },
    });
  });

  test('of a version that declares nothing has no dependency and still says who would know', async () => {
    const manifest = manifestWith((it) => delete it.training);

    expect((await stated('provenance', { manifest })).predicate).toMatchObject({
      buildDefinition: { externalParameters: { format: 'safetensors' }, resolvedDependencies: [] },
    });
  });

  const nested = (depth: number): object => (depth === 0 ? {} : { in: nested(depth - 1) });
  test.each([
    ['deeper than verifiers read', nested(60)],
    ['longer than verifiers read', { text: 'x'.repeat(3_000_000) }],
  ])('names hyperparameters %s by their digest: nobody is refused for them', async (_what, hyperparameters) => {
    const manifest = manifestWith((it) => {
      it.training = { ...it.training, hyperparameters: hyperparameters as never };
    });

    const { predicate } = await stated('provenance', { manifest });

    expect(predicate).toMatchObject({
      buildDefinition: { externalParameters: { hyperparameters: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } } },
    });
  });

  test('of the largest manifest that intake takes is still one that everybody reads', async () => {
    const text = (length: number) => 'é'.repeat(length);
    const manifest = manifestWith((it) => {
      const [dataset] = it.training?.datasets ?? [];
      const datasets = Array.from({ length: 40 }, () => ({ ...dataset, name: text(200), uri: text(1024) }));
      const parents = Array.from({ length: 20 }, () => ({ model: 'm'.repeat(63), version: 'v'.repeat(63) }));
      it.training = { ...it.training, datasets, parents } as Manifest['training'] as never;
    });

    expect((await stated('provenance', { manifest })).kind).toBe('provenance');
  });
});

describe('an attestation is refused', () => {
  test('about another version, by another key, and by a key that was revoked', async () => {
    const { signed, signer, textOf } = await attested();
    const text = textOf(signed.attestations.scan);
    const setKey = p256Signer();
    const keys = keySetOf([revoked(signer), active(p256Signer()), active(setKey, { use: 'key-set' })]);

    const rules = [
      verifyAttestation(text, signer, digestOf('other')),
      verifyAttestation(text, p256Signer(), root),
      verifyAttestation(text, { keys, at: NOW }, root),
    ].map((verified) => verified.outcome === 'invalid' && verified.reasons[0]?.rule);

    expect(rules).toEqual(['signing.attestation-of-another', 'signing.other-key', 'signing.key-revoked']);
  });

  test('after any change, and when it is a model bundle', async () => {
    const { signed, signer, textOf } = await attested();
    const text = textOf(signed.attestations.gates);
    const changed = edited(text, (bundle) => {
      const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
      bundle.dsseEnvelope.payload = Buffer.from(payload.replace('PASSED', 'FAILED')).toString('base64');
    });

    for (const forged of [changed, textOf(signed.bundle), '{}'])
      expect(verifyAttestation(forged, signer, root).outcome).toBe('invalid');
  });

  test('of a kind that the plane does not make, though its key signed it', async () => {
    const signer = p256Signer();
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'x', digest: { sha256: root.slice('sha256:'.length) } }],
      predicateType: 'https://example.com/other',
      predicate: {},
    };
    const { bundle } = await signPayload(JSON.stringify(statement), signer);

    expect(verifyAttestation(bundle, signer, root)).toMatchObject({
      reasons: [{ path: '$.dsseEnvelope.payload.predicateType' }],
    });
  });
});
