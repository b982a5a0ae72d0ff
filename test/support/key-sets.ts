import { KeySet, type ListedKey } from '../../core/signing/key-set.ts';
import { keyHint } from '../../core/signing/public-key.ts';
import { sealKeySet } from '../../core/signing/seal-key-set.ts';
import { p256Signer } from './p256-signer.ts';

export type TestSigner = ReturnType<typeof p256Signer>;

export const idOf = ({ publicKeyPem }: { publicKeyPem: string }): string => keyHint(publicKeyPem);

const SINCE = '2026-01-01T00:00:00.000Z';
type Standing = Partial<Pick<ListedKey, 'use' | 'notBefore' | 'notAfter'>>;
const listed = ({ publicKeyPem }: TestSigner, standing: Standing) => ({
  id: keyHint(publicKeyPem),
  use: 'signing' as const,
  publicKey: publicKeyPem,
  notBefore: SINCE,
  ...standing,
});

export const active = (signer: TestSigner, standing: Standing = {}): ListedKey => ({
  ...listed(signer, standing),
  status: 'active',
});
export const retired = (signer: TestSigner, standing: Standing = {}): ListedKey => ({
  ...listed(signer, standing),
  status: 'retired',
  retiredAt: '2026-06-01T00:00:00.000Z',
});
export const revoked = (signer: TestSigner, standing: Standing = {}): ListedKey => ({
  ...listed(signer, standing),
  status: 'revoked',
  revokedAt: '2026-06-01T00:00:00.000Z',
  reason: 'somebody used it who must not',
});

/** A key set in force at `NOW`, with these keys. */
export const NOW = new Date('2026-07-01T00:00:00.000Z');
export const keySetOf = (keys: readonly ListedKey[], about: Partial<Omit<KeySet, 'keys'>> = {}): KeySet =>
  KeySet.parse({
    keySetVersion: 1,
    plane: 'urn:clearance:stage:dev',
    version: 1,
    issuedAt: SINCE,
    expiresAt: '2026-12-31T00:00:00.000Z',
    ...about,
    keys,
  });

/** Seals without asking whether the set is one: forgers do not ask either. */
export const sealed = (keys: object, ...signers: TestSigner[]): Promise<string> => sealKeySet(keys as KeySet, signers);

/** A plane with a key that signs and one for its sets. */
export const keyedPlane = () => {
  const [signer, root] = [p256Signer(), p256Signer()];
  return { signer, root, keys: keySetOf([active(signer), active(root, { use: 'key-set' })]) };
};
