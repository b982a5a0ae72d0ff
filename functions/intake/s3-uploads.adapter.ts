import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { intake, MANIFEST } from '../../core/intake/contract.ts';
import { ManifestVersionGone } from '../../core/intake/failures.ts';
import type { Uploads } from '../../core/intake/ports.ts';
import type { StoredObject } from '../../core/intake/take-stock.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { s3 } from '../platform/s3-write-once.adapter.ts';

const currentVersions = (page: ListObjectVersionsCommandOutput, prefix: string): StoredObject[] =>
  (page.Versions ?? []).flatMap(({ Key, VersionId, IsLatest, Size }) =>
    IsLatest && Key !== undefined
      ? [{ path: Key.slice(prefix.length), key: Key, versionId: VersionId ?? 'null', size: Size ?? 0 }]
      : [],
  );

/** What lies under a prefix of the model bucket. */
export const s3Uploads: Uploads = {
  list: async (attempt, atMost) => {
    const { sdk, client } = await s3();
    const prefix = intake.keys.prefix(attempt);
    const found: StoredObject[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (marker !== undefined && found.length < atMost) {
      const page: ListObjectVersionsCommandOutput = await client
        .send(new sdk.ListObjectVersionsCommand({ Bucket: attempt.bucket, Prefix: prefix, ...marker }))
        .catch(rethrow);
      found.push(...currentVersions(page, prefix));
      marker =
        page.IsTruncated && page.NextKeyMarker !== undefined
          ? {
              KeyMarker: page.NextKeyMarker,
              ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
            }
          : undefined;
    }
    return found.slice(0, atMost);
  },

  manifest: async (attempt, atMost) => {
    const { sdk, client } = await s3();
    try {
      const { Body } = await client.send(
        new sdk.GetObjectCommand({
          Bucket: attempt.bucket,
          Key: `${intake.keys.prefix(attempt)}${MANIFEST}`,
          VersionId: attempt.manifest,
          Range: `bytes=0-${atMost - 1}`,
        }),
      );
      return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
    } catch (cause) {
      // An empty object has no first byte, so S3 refuses the range.
      if (isNamed(cause, 'InvalidRange')) return new Uint8Array();
      if (isNamed(cause, 'NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed'))
        throw new ManifestVersionGone(`version ${attempt.manifest} of ${MANIFEST} is gone`, { cause });
      return rethrow(cause);
    }
  },
};
