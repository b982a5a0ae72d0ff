import { LogKeyUnusable } from '../../core/audit/failures.ts';
import { noteKeyOf } from '../../core/audit/note.ts';
import type { LogSigner } from '../../core/audit/ports.ts';
import { rethrow } from './aws-errors.ts';
import { lazy } from './lazy.ts';

const kms = lazy(async () => {
  const sdk = await import('./kms-sdk.adapter.ts');
  return { sdk, client: new sdk.KMSClient({}) };
});

const UNUSABLE = [
  'AccessDeniedException',
  'DisabledException',
  'InvalidKeyUsageException',
  'KMSInvalidStateException',
  'KeyUnavailableException',
  'NotFoundException',
];

const unusable = (cause: unknown): never => {
  if (cause instanceof Error && UNUSABLE.includes(cause.name))
    throw new LogKeyUnusable(`KMS refuses the key of the log: ${cause.message}`, { cause });
  return rethrow(cause);
};

/** Signs with an Ed25519 key (ECC_NIST_EDWARDS25519) that never leaves KMS, in the name of one log. */
export const kmsLogSigner = (keyArn: string, origin: string): LogSigner => ({
  key: lazy(async () => {
    const { sdk, client } = await kms();
    const { PublicKey } = await client.send(new sdk.GetPublicKeyCommand({ KeyId: keyArn })).catch(unusable);
    if (PublicKey === undefined) throw new LogKeyUnusable(`KMS gave no public key for ${keyArn}`);
    return noteKeyOf(origin, PublicKey);
  }),

  sign: async (text) => {
    const { sdk, client } = await kms();
    const command = new sdk.SignCommand({
      KeyId: keyArn,
      Message: Buffer.from(text),
      MessageType: 'RAW',
      SigningAlgorithm: 'ED25519_SHA_512',
    });
    const { Signature } = await client.send(command).catch(unusable);
    if (Signature === undefined) throw new LogKeyUnusable(`KMS gave no signature with ${keyArn}`);
    return Signature;
  },
});
