import { KeyUnusable } from '../../core/signing/failures.ts';
import type { Signer } from '../../core/signing/ports.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { lazy } from './lazy.ts';

const kms = lazy(async () => {
  const sdk = await import('./kms-sdk.adapter.ts');
  return { sdk, client: new sdk.KMSClient({}) };
});

const unusable = (cause: unknown): never => {
  if (
    isNamed(
      cause,
      'DisabledException',
      'KMSInvalidStateException',
      'KeyUnavailableException',
      'NotFoundException',
      'InvalidKeyUsageException',
      'AccessDeniedException',
    )
  )
    throw new KeyUnusable(`KMS refuses the signing key: ${cause.message}`, { cause });
  return rethrow(cause);
};

/** Signs with an ECC_NIST_P256 key that never leaves KMS. */
export const kmsSigner = (keyArn: string): Signer => ({
  // A key's public half never changes, so one call serves the function's life.
  publicKey: lazy(async () => {
    const { sdk, client } = await kms();
    const { PublicKey } = await client.send(new sdk.GetPublicKeyCommand({ KeyId: keyArn })).catch(unusable);
    if (PublicKey === undefined) throw new KeyUnusable(`KMS gave no public key for ${keyArn}`);
    return PublicKey;
  }),

  sign: async (digest) => {
    const { sdk, client } = await kms();
    const { Signature } = await client
      .send(
        new sdk.SignCommand({
          KeyId: keyArn,
          Message: digest,
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      )
      .catch(unusable);
    if (Signature === undefined) throw new KeyUnusable(`KMS gave no signature with ${keyArn}`);
    return Signature;
  },
});
