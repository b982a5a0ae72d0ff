import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keyHint, readPublicKey, readSigningKey } from '../../core/signing/public-key.ts';
import { vectors } from '../support/vectors.ts';

type Case = { name: string; key: string; bundle: { verificationMaterial: { publicKey: { hint: string } } } };
const { own, upstream } = vectors<{
  upstream: { publicKeyPem: string; bundle: Case['bundle'] };
  own: { keys: Record<string, string>; cases: Case[] };
}>('oms');

const derOf = (pem: string): Buffer =>
  Buffer.from(pem.replaceAll(/-----[A-Z ]+-----/g, '').replaceAll(/\s/g, ''), 'base64');
const p256 = own.keys.p256 ?? '';

describe('the hint of a key', () => {
  test('is the one that the reference implementation wrote', () => {
    expect(keyHint(upstream.publicKeyPem)).toBe(upstream.bundle.verificationMaterial.publicKey.hint);
  });

  test('is the same however the PEM text was laid out', () => {
    const hint = own.cases.find(({ key }) => key === 'p256')?.bundle.verificationMaterial.publicKey.hint;

    expect(keyHint(readPublicKey(p256)?.pem ?? '')).toBe(hint);
    expect(keyHint(readPublicKey(`\n${p256.replaceAll('\n', '\r\n').trimEnd()}`)?.pem ?? '')).toBe(hint);
  });
});

describe('a public key', () => {
  test.each([
    ['p256', 'sha256'],
    ['p384', 'sha384'],
    ['p521', 'sha512'],
  ])('on %s verifies with %s', (curve, hash) => {
    const pem = own.keys[curve] ?? '';

    expect(readPublicKey(pem)).toMatchObject({ hash, pem });
  });

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pemOf = (pair: ReturnType<typeof generateKeyPairSync>) =>
    (pair as { publicKey: import('node:crypto').KeyObject }).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString();
  test.each([
    ['a private key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a certificate', p256.replaceAll('PUBLIC KEY', 'CERTIFICATE')],
    ['an Ed25519 key', pemOf(generateKeyPairSync('ed25519') as never)],
    ['an RSA key', pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }) as never)],
    ['a key on secp256k1', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }) as never)],
    ['a cut PEM text', p256.slice(0, 80)],
    ['nothing', ''],
  ])('is not read from %s', (_what, pem) => {
    expect(readPublicKey(pem)).toBeUndefined();
  });
});

describe('a signing key', () => {
  test('on P-256 has, from its DER, the PEM text that everyone hashes', () => {
    expect(readSigningKey(derOf(p256))?.pem).toBe(p256);
  });

  test.each(['p384', 'p521'])('is not on %s, which other verifiers refuse', (curve) => {
    expect(readSigningKey(derOf(own.keys[curve] ?? ''))).toBeUndefined();
  });

  test('is not read from bytes that are no key', () => {
    expect(readSigningKey(new Uint8Array(91))).toBeUndefined();
  });
});
