import type { Marks } from '../../core/intake/ports.ts';
import { gone } from './s3-pinned.adapter.ts';
import { s3 } from './s3-write-once.adapter.ts';

/** The tag that the bucket policy reads. */
const CLEARANCE = 'clearance';

const tagsOf = async (bucket: string, object: { key: string; versionId: string }) => {
  const { sdk, client } = await s3();
  const { TagSet } = await client
    .send(new sdk.GetObjectTaggingCommand({ Bucket: bucket, Key: object.key, VersionId: object.versionId }))
    .catch(gone(object));
  return TagSet ?? [];
};

/** What an object version is marked as, if it is marked. */
export const findMark: Marks['find'] = async (bucket, object) =>
  (await tagsOf(bucket, object)).find((tag) => tag.Key === CLEARANCE)?.Value;

/** The clearance tag on object versions; tags of other names are left as they are. */
export const s3Marks: Marks = {
  find: findMark,

  set: async (bucket, object, mark) => {
    const tags = await tagsOf(bucket, object);
    if (tags.some((tag) => tag.Key === CLEARANCE && tag.Value === mark)) return;
    const { sdk, client } = await s3();
    const TagSet = [...tags.filter((tag) => tag.Key !== CLEARANCE), { Key: CLEARANCE, Value: mark }];
    await client
      .send(
        new sdk.PutObjectTaggingCommand({
          Bucket: bucket,
          Key: object.key,
          VersionId: object.versionId,
          Tagging: { TagSet },
        }),
      )
      .catch(gone(object));
  },
};
