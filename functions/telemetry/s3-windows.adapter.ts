import type { WindowStore } from '../../core/telemetry/ports.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { findText, s3 } from '../platform/s3-write-once.adapter.ts';

/** Merged windows as objects, each written only over what its writer has seen. */
export const s3Windows = (bucket: string): WindowStore => ({
  revision: async (key) => {
    const { sdk, client } = await s3();
    try {
      return (await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }))).ETag;
    } catch (cause) {
      if (isNamed(cause, 'NoSuchKey', 'NotFound')) return undefined;
      return rethrow(cause);
    }
  },

  text: async (key) => (await findText(bucket, key))?.body,

  put: async (key, body, over) => {
    const { sdk, client } = await s3();
    const put = new sdk.PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: 'application/json',
      ChecksumAlgorithm: 'SHA256',
      ...(over === undefined ? { IfNoneMatch: '*' } : { IfMatch: over }),
    });
    try {
      await client.send(put);
      return true;
    } catch (cause) {
      // ConditionalRequestConflict: two at once, of whom the other may have been first.
      if (isNamed(cause, 'PreconditionFailed', 'ConditionalRequestConflict')) return false;
      return rethrow(cause);
    }
  },
});
