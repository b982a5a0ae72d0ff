import type { Marks } from '../../core/intake/ports.ts';
import { CLEARANCE, findMark, tagsOf } from '../platform/s3-marks.adapter.ts';
import { gone } from '../platform/s3-pinned.adapter.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';

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
