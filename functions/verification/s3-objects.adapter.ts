import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { readAhead } from '../../core/intake/read-ahead.ts';
import { UploadChanged } from '../../core/kernel/failures.ts';
import type { Objects, Stored } from '../../core/verification/ports.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { findMark, s3Marks } from '../platform/s3-marks.adapter.ts';
import { fullDigest, readRange } from '../platform/s3-pinned.adapter.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';

/** The answer to a HEAD has no body, and the SDK has no name for 405, which is a delete marker. */
const isNotThere = (cause: unknown): boolean =>
  isNamed(cause, 'NotFound') ||
  (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 405;

const listed = async (bucket: string, prefix: string, from: string | undefined, atMost: number) => {
  const { sdk, client } = await s3();
  return client
    .send(
      new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: Math.min(1000, atMost),
        ...(from !== undefined && { ContinuationToken: from }),
      }),
    )
    .catch(rethrow);
};

const headed = async (
  bucket: string,
  key: string,
  versionId?: string,
): Promise<HeadObjectCommandOutput | undefined> => {
  const { sdk, client } = await s3();
  try {
    return await client.send(
      new sdk.HeadObjectCommand({
        Bucket: bucket,
        Key: key,
        ChecksumMode: 'ENABLED',
        ...(versionId !== undefined && { VersionId: versionId }),
      }),
    );
  } catch (cause) {
    if (!isNotThere(cause)) return rethrow(cause);
    // Nor does it say what is not there: the object, or the whole bucket.
    await listed(bucket, key, undefined, 1);
    return undefined;
  }
};

const storedIn = (head: HeadObjectCommandOutput | undefined): Stored | undefined =>
  head && { versionId: head.VersionId ?? 'null', size: head.ContentLength ?? 0, digest: fullDigest(head) };

const ifThere = async <Found>(found: Promise<Found>): Promise<Found | undefined> => {
  try {
    return await found;
  } catch (cause) {
    if (cause instanceof UploadChanged) return undefined;
    throw cause;
  }
};

/** The objects of the model bucket, as its registrar sees them: cleared or not, current or not. */
export const s3Objects = (bucket: string): Objects => ({
  current: async (key) => storedIn(await headed(bucket, key)),
  pinned: async ({ key, versionId }) => storedIn(await headed(bucket, key, versionId)),
  mark: (object) => ifThere(findMark(bucket, object)),
  setMark: async (object, mark) => {
    await ifThere(s3Marks.set(bucket, object, mark));
  },

  keys: async (prefix, atMost) => {
    const keys: string[] = [];
    let from: string | undefined;
    do {
      const page = await listed(bucket, prefix, from, atMost - keys.length);
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      from = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (from !== undefined && keys.length < atMost);
    return keys;
  },

  bytes: async (object) =>
    readAhead(object, (offset, length) =>
      readRange(bucket, { ...object, path: object.key }, offset, length).catch((cause: unknown) => {
        // S3 has no such range: the object is shorter than it says.
        if (isNamed(cause, 'InvalidRange')) return new Uint8Array();
        throw cause;
      }),
    ),
});
