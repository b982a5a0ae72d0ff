import { telemetry } from '../../core/telemetry/contract.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';

const kms = lazy(async () => {
  const sdk = await import('./kms-sdk.adapter.ts');
  return { sdk, client: new sdk.KMSClient({}) };
});

const EncryptionContext = { purpose: telemetry.hashPurpose };

type Place = { bucket: string; key: string; keyArn: string };

const standing = async ({ bucket, key }: Place): Promise<Uint8Array | undefined> => {
  const { sdk, client } = await s3();
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToByteArray();
  } catch (cause) {
    if (isNamed(cause, 'NoSuchKey', 'NotFound')) return undefined;
    return rethrow(cause);
  }
};

/** Whoever comes first makes it; everybody uses the one that stands. */
const made = async (place: Place): Promise<Uint8Array | undefined> => {
  const { sdk, client } = await kms();
  const request = new sdk.GenerateDataKeyWithoutPlaintextCommand({
    KeyId: place.keyArn,
    KeySpec: 'AES_256',
    EncryptionContext,
  });
  const { CiphertextBlob } = await client.send(request).catch(rethrow);
  const storage = await s3();
  const put = new storage.sdk.PutObjectCommand({
    Bucket: place.bucket,
    Key: place.key,
    Body: CiphertextBlob ?? new Uint8Array(),
    IfNoneMatch: '*',
  });
  await storage.client.send(put).catch((cause) => {
    if (!isNamed(cause, 'PreconditionFailed')) rethrow(cause);
  });
  return standing(place);
};

/**
 * The key that personal categories are hashed with: the same for every worker and all time, or the categories of today
 * could not be compared with those of yesterday. One call to KMS per worker, none per value; in the clear it is in
 * memory only.
 */
export const hashKey = (place: Place): (() => Promise<Uint8Array>) =>
  lazy(async () => {
    const CiphertextBlob = (await standing(place)) ?? (await made(place));
    const { sdk, client } = await kms();
    const { Plaintext } = await client
      .send(new sdk.DecryptCommand({ KeyId: place.keyArn, CiphertextBlob, EncryptionContext }))
      .catch(rethrow);
    if (Plaintext === undefined) throw new TypeError('KMS decrypted no hash key');
    return Plaintext;
  });
