import type { PinnedFile } from '../../core/intake/contract.ts';
import type { PinnedBytes } from '../../core/intake/ports.ts';
import { readAhead } from '../../core/intake/read-ahead.ts';
import { type Digest, digestOfBase64 } from '../../core/kernel/digest.ts';
import { UploadChanged } from '../../core/kernel/failures.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { s3 } from './s3-write-once.adapter.ts';

/** A version that was pinned and is gone says so by name. */
export const gone = (file: { key: string; versionId: string }) => (cause: unknown) => {
  if (isNamed(cause, 'NoSuchVersion', 'NoSuchKey', 'NotFound', 'MethodNotAllowed'))
    throw new UploadChanged(`${file.key} version ${file.versionId} was deleted while it was being cleared`, { cause });
  return rethrow(cause);
};

/** A multipart upload stores the hash of its parts' hashes, `…-N`, which is no digest of the object. */
export const fullDigest = ({
  ChecksumSHA256: stored,
  ChecksumType: type,
}: {
  ChecksumSHA256?: string | undefined;
  ChecksumType?: string | undefined;
}): Digest | undefined =>
  stored === undefined || type === 'COMPOSITE' || stored.includes('-') ? undefined : digestOfBase64(stored);

/** Pinned object versions of the model bucket. */
export const s3PinnedBytes: PinnedBytes = {
  storedDigest: async (bucket, file) => {
    const { sdk, client } = await s3();
    const head = await client
      .send(
        new sdk.HeadObjectCommand({
          Bucket: bucket,
          Key: file.key,
          VersionId: file.versionId,
          ChecksumMode: 'ENABLED',
        }),
      )
      .catch(gone(file));
    return fullDigest(head);
  },

  stream: async (bucket, file) => readAhead(file, (offset, length) => readRange(bucket, file, offset, length)),
};

/** The bytes [offset, offset + length) of a pinned version. */
export const readRange = async (
  bucket: string,
  file: PinnedFile,
  offset: number,
  length: number,
): Promise<Uint8Array> => {
  if (length <= 0 || offset >= file.size) return new Uint8Array();
  const { sdk, client } = await s3();
  const { Body } = await client
    .send(
      new sdk.GetObjectCommand({
        Bucket: bucket,
        Key: file.key,
        VersionId: file.versionId,
        Range: `bytes=${offset}-${Math.min(file.size, offset + length) - 1}`,
      }),
    )
    .catch(gone(file));
  return Body === undefined ? new Uint8Array() : Body.transformToByteArray();
};
