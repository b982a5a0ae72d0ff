import type { Captures } from '../../core/telemetry/ports.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';

const GONE = ['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed'];

/** Capture files, each by its S3 version. */
export const s3Captures = (bucket: string): Captures => ({
  open: async ({ key, versionId }) => {
    const { sdk, client } = await s3();
    try {
      const { Body, LastModified } = await client.send(
        new sdk.GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      );
      if (Body === undefined || LastModified === undefined) throw new TypeError(`S3 gave no time or body of ${key}`);
      return { storedAt: LastModified, bytes: Body as unknown as AsyncIterable<Uint8Array> };
    } catch (cause) {
      if (isNamed(cause, ...GONE)) return undefined;
      return rethrow(cause);
    }
  },

  setAside: async ({ key, versionId }) => {
    const { sdk, client } = await s3();
    const tagged = new sdk.PutObjectTaggingCommand({
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
      Tagging: { TagSet: [{ Key: 'clearance', Value: 'quarantined' }] },
    });
    await client.send(tagged).catch((cause) => {
      if (!isNamed(cause, ...GONE)) return rethrow(cause);
      return undefined;
    });
  },
});
