import type { Marks } from '../../core/intake/ports.ts';
import { gone } from './s3-pinned.adapter.ts';
import { s3 } from './s3-write-once.adapter.ts';

/** The tag that the bucket policy reads. */
export const CLEARANCE = 'clearance';

export const tagsOf = async (bucket: string, object: { key: string; versionId: string }) => {
  const { sdk, client } = await s3();
  const { TagSet } = await client
    .send(new sdk.GetObjectTaggingCommand({ Bucket: bucket, Key: object.key, VersionId: object.versionId }))
    .catch(gone(object));
  return TagSet ?? [];
};

/** What an object version is marked as, if it is marked. */
export const findMark: Marks['find'] = async (bucket, object) =>
  (await tagsOf(bucket, object)).find((tag) => tag.Key === CLEARANCE)?.Value;
