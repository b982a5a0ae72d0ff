import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** OpenSSF Model Signing v1.0 fixes the hash by the curve (in OpenSSL's names); any other key is refused. */
const HASH_OF_CURVE: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);

export type VerificationKey = {
  readonly key: KeyObject;
  readonly hash: string;
  /** SubjectPublicKeyInfo with 64-column lines and a newline at its end, however the given text was laid out. */
  readonly pem: string;
};

/** How a bundle names its key: the SHA-256 of that PEM text, in hex. */
export const keyHint = (pem: string): string => createHash('sha256').update(pem).digest('hex');

const verificationKey = (key: KeyObject): VerificationKey | undefined => {
  const hash = HASH_OF_CURVE.get(key.asymmetricKeyDetails?.namedCurve);
  if (hash === undefined) return undefined;
  return { key, hash, pem: key.export({ type: 'spki', format: 'pem' }).toString() };
};

/** The key in a PEM text, or nothing when it is not a public key on one of the three curves. */
export const readPublicKey = (pem: string): VerificationKey | undefined => {
  // createPublicKey would also take a private key or a certificate, and a private key has no business here.
  if (!pem.trimStart().startsWith('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    return verificationKey(createPublicKey(pem));
  } catch {
    return undefined;
  }
};

/** The key as KMS gives it (DER), or nothing when it is not one that we sign with: P-256, which every verifier takes. */
export const readSigningKey = (spki: Uint8Array): VerificationKey | undefined => {
  try {
    const found = verificationKey(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
    return found?.hash === 'sha256' ? found : undefined;
  } catch {
    return undefined;
  }
};
