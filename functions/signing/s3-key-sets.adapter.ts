import type { KeySetStore } from '../../core/signing/publish-key-set.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { putOnce, s3 } from '../platform/s3-write-once.adapter.ts';

/** Key sets as objects beside the models that their keys vouch for. */
export const s3KeySets = (bucket: string): KeySetStore => ({
  find: async (key) => {
    const { sdk, client } = await s3();
    try {
      const { Body, ETag } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body === undefined || ETag === undefined) return undefined;
      return { body: await Body.transformToString(), tag: ETag };
    } catch (cause) {
      if (isNamed(cause, 'NoSuchKey', 'NotFound')) return undefined;
      return rethrow(cause);
    }
  },

  putOnce: async (key, body) => (await putOnce({ bucket, key, body })).body,

  replace: async (key, body, read) => {
    const { sdk, client } = await s3();
    const put = new sdk.PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: 'application/json',
      ChecksumAlgorithm: 'SHA256',
      ...(read === undefined ? { IfNoneMatch: '*' } : { IfMatch: read.tag }),
    });
    try {
      await client.send(put);
      return true;
    } catch (cause) {
      if (isNamed(cause, 'PreconditionFailed')) return false;
      return rethrow(cause);
    }
  },
});
