import { CHECKPOINT } from '../../core/audit/contract.ts';
import type { CheckpointObject, LogObjects } from '../../core/audit/ports.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';

const find = async (bucket: string, key: string): Promise<{ bytes: Uint8Array; tag: string } | undefined> => {
  const { sdk, client } = await s3();
  try {
    const { Body, ETag } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined || ETag === undefined) return undefined;
    return { bytes: await Body.transformToByteArray(), tag: ETag };
  } catch (cause) {
    if (isNamed(cause, 'NoSuchKey', 'NotFound')) return undefined;
    return rethrow(cause);
  }
};

type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/** Whether the condition held and the object was put. */
const put = async (bucket: string, key: string, bytes: Uint8Array, condition: Condition): Promise<boolean> => {
  const { sdk, client } = await s3();
  try {
    await client.send(
      new sdk.PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: key === CHECKPOINT ? 'text/plain; charset=utf-8' : 'application/octet-stream',
        ChecksumAlgorithm: 'SHA256',
        ...condition,
      }),
    );
    return true;
  } catch (cause) {
    if (isNamed(cause, 'PreconditionFailed')) return false;
    return rethrow(cause);
  }
};

/** The objects of a log in their bucket. */
export const s3Log = (bucket: string): LogObjects & { readonly checkpoint: CheckpointObject } => ({
  read: async (path) => (await find(bucket, path))?.bytes,

  putOnce: async (path, bytes) => {
    if (await put(bucket, path, bytes, { IfNoneMatch: '*' })) return bytes;
    const standing = await find(bucket, path);
    if (standing === undefined) throw new Error(`${path} can be neither written nor read: there is a delete marker`);
    return standing.bytes;
  },

  checkpoint: {
    find: async () => {
      const standing = await find(bucket, CHECKPOINT);
      return standing && { note: Buffer.from(standing.bytes).toString('utf8'), tag: standing.tag };
    },
    replace: (note, seen) =>
      put(bucket, CHECKPOINT, Buffer.from(note), seen === undefined ? { IfNoneMatch: '*' } : { IfMatch: seen.tag }),
  },
});
