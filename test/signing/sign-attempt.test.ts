import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Attempt, DigestReport, intake } from '../../core/intake/contract.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { keepEvidence } from '../../core/kernel/evidence.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import type { Signer } from '../../core/signing/ports.ts';
import { signAttempt } from '../../core/signing/sign-attempt.ts';
import { verifyBundle } from '../../core/signing/verify-bundle.ts';
import { memoryEvidence } from '../support/memory-evidence.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { resourcesOf } from '../support/signed-model.ts';

const attempt: Attempt = {
  bucket: 'models',
  model: 'iris',
  version: '1.4.0',
  id: 'm1',
  manifest: 'm1',
  look: 0,
  lastLook: false,
};
const files = resourcesOf({ 'manifest.json': '{}', 'model.safetensors': 'weights', 'tokenizer/vocab.txt': '' });
const root = rootDigestOf(files);

type Overrides = Partial<DigestReport>;

/** Evidence in which intake has digested the files. */
const digested = async (overrides: Overrides = {}) => {
  const evidence = memoryEvidence();
  const report = {
    root,
    files: files.map(({ name, digest }) => ({ path: name, digest, source: 'stored' as const, bytesRead: 0 })),
    bytesRead: 0,
    mismatches: [],
    ...overrides,
  };
  const { ref } = await keepEvidence(evidence, intake.keys.digests(attempt), DigestReport, report);
  return { evidence, request: { attempt, digests: ref } };
};

const bundlesIn = (standing: Map<string, string>) =>
  [...standing].filter(([key]) => key.startsWith('signing/')).map(([, body]) => body);

describe('signing an attempt', () => {
  test('keeps a bundle that verifies against exactly the files that were digested', async () => {
    const { evidence, request } = await digested();
    const signer = p256Signer();

    const signed = await signAttempt({ signer, evidence })(request);

    const bundle = evidence.standing.get(signed.bundle.key) ?? '';
    expect(signed).toMatchObject({ bundle: { key: signed.bundle.key, digest: digestOf(bundle) }, root });
    expect(signed.bundle.key).toContain(`signing/iris/1.4.0/${root.slice('sha256:'.length)}`);
    expect(verifyBundle({ bundle, publicKeyPem: signer.publicKeyPem, files })).toEqual({ outcome: 'valid', root });
  });

  test('labels the statement with the name of the version folder', async () => {
    const { evidence, request } = await digested();

    const signed = await signAttempt({ signer: p256Signer(), evidence })(request);

    const { dsseEnvelope } = JSON.parse(evidence.standing.get(signed.bundle.key) ?? '');
    expect(JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()).subject[0].name).toBe('1.4.0');
  });

  test('yields the first bundle to a redelivered request, even though ECDSA signs differently each time', async () => {
    const { evidence, request } = await digested();
    const signer = p256Signer();
    const sign = signAttempt({ signer, evidence });
    const first = await sign(request);
    const [bundle] = bundlesIn(evidence.standing);

    const second = await sign(request);

    const again = await signer.sign(new Uint8Array(32));
    expect(again).not.toEqual(await signer.sign(new Uint8Array(32)));
    expect(second).toEqual(first);
    expect(bundlesIn(evidence.standing)).toEqual([bundle]);
  });

  test('gives twenty simultaneous requests one bundle', async () => {
    const { evidence, request } = await digested();
    const sign = signAttempt({ signer: p256Signer(), evidence });

    const answers = await Promise.all(Array.from({ length: 20 }, () => sign(request)));

    expect(new Set(answers.map(({ bundle }) => bundle.digest)).size).toBe(1);
    expect(bundlesIn(evidence.standing)).toHaveLength(1);
  });

  test('signs anew after the key was replaced, instead of stumbling over the bundle of the old one', async () => {
    const { evidence, request } = await digested();
    await signAttempt({ signer: p256Signer(), evidence })(request);
    const signer = p256Signer();

    const signed = await signAttempt({ signer, evidence })(request);

    const bundle = evidence.standing.get(signed.bundle.key) ?? '';
    expect(bundlesIn(evidence.standing)).toHaveLength(2);
    expect(verifyBundle({ bundle, publicKeyPem: signer.publicKeyPem, files }).outcome).toBe('valid');
  });

  const honest = p256Signer();
  const wrongSigners: [string, Signer][] = [
    ['another key signed', { publicKey: honest.publicKey, sign: p256Signer().sign }],
    ['another digest was signed', { ...honest, sign: () => honest.sign(new Uint8Array(32)) }],
    ['the answer is no signature', { ...honest, sign: async () => Buffer.from('signed, honestly') }],
    ['the answer is empty', { ...honest, sign: async () => new Uint8Array() }],
  ];
  test.each(wrongSigners)('keeps nothing when %s', async (_what, signer) => {
    const { evidence, request } = await digested();

    const signed = signAttempt({ signer, evidence })(request);

    await expect(signed).rejects.toMatchObject({ name: 'Signing.BundleUnverifiable', disposition: 'quarantine' });
    expect(bundlesIn(evidence.standing)).toEqual([]);
  });

  test.each(['secp384r1', 'secp256k1'])('refuses a key on %s before asking it to sign', async (namedCurve) => {
    const { evidence, request } = await digested();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve });
    const signer: Signer = {
      publicKey: async () => publicKey.export({ type: 'spki', format: 'der' }),
      sign: () => Promise.reject(new Error('was asked to sign')),
    };

    const signed = signAttempt({ signer, evidence })(request);

    await expect(signed).rejects.toMatchObject({ name: 'Signing.KeyUnusable', disposition: 'quarantine' });
  });

  test('refuses digests that were written over', async () => {
    const { evidence, request } = await digested();
    evidence.standing.set(request.digests.key, '{}');

    const signed = signAttempt({ signer: p256Signer(), evidence })(request);

    await expect(signed).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered' });
  });

  test('refuses a bundle that someone put in the place of ours', async () => {
    const { evidence, request } = await digested();
    const signer = p256Signer();
    const { bundle } = await signAttempt({ signer, evidence })(request);
    const forged = memoryEvidence();
    for (const [key, body] of evidence.standing) forged.standing.set(key, body);
    forged.standing.set(bundle.key, (evidence.standing.get(bundle.key) ?? '').replace('"sig":"M', '"sig":"N'));

    const signed = signAttempt({ signer, evidence: forged })(request);

    await expect(signed).rejects.toMatchObject({ name: 'Kernel.EvidenceAltered', disposition: 'quarantine' });
  });

  test('signs no file that is not what its manifest declared', async () => {
    const [declared, actual] = [digestOf('declared'), digestOf('weights')];
    const { evidence, request } = await digested({ mismatches: [{ path: 'model.safetensors', declared, actual }] });

    const signed = signAttempt({ signer: p256Signer(), evidence })(request);

    await expect(signed).rejects.toThrow('not what was declared');
    expect(bundlesIn(evidence.standing)).toEqual([]);
  });

  test.each([
    ['a root that is not that of the files', { root: digestOf('another') }],
    ['no file at all', { files: [], root: rootDigestOf([]) }],
    [
      'a path out of the model',
      { files: [{ path: '../x', digest: digestOf('x'), source: 'read' as const, bytesRead: 1 }] },
    ],
    [
      'a file that verifiers pass over',
      { files: [{ path: '.git/x', digest: digestOf('x'), source: 'read' as const, bytesRead: 1 }] },
    ],
  ])('signs no report with %s', async (_what, overrides: Overrides) => {
    const { evidence, request } = await digested(overrides);

    const signed = signAttempt({ signer: p256Signer(), evidence })(request);

    await expect(signed).rejects.toMatchObject({ name: 'Signing.BundleUnverifiable' });
    expect(bundlesIn(evidence.standing)).toEqual([]);
  });
});
