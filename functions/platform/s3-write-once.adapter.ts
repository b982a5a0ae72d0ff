import { isNamed, rethrow } from './aws-errors.ts';
import { lazy } from './lazy.ts';

export const s3 = lazy(async () => {
  const sdk = await import('./s3-sdk.adapter.ts');
  return { sdk, client: new sdk.S3Client({}) };
});

/** The object's text, or undefined where nothing stands. */
export const findText = async (
  bucket: string,
  key: string,
): Promise<{ body: string; versionId: string } | undefined> => {
  const { sdk, client } = await s3();
  try {
    const { Body, VersionId } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body === undefined ? undefined : { body: await Body.transformToString(), versionId: VersionId ?? 'null' };
  } catch (cause) {
    if (isNamed(cause, 'NoSuchKey', 'NotFound')) return undefined;
    return rethrow(cause);
  }
};

export type WriteOnce = { bucket: string; key: string; body: string; contentType?: string; tagging?: string };

/** Puts an object if nothing stands under its key; resolves to what stands then. */
export const putOnce = async ({ bucket, key, body, contentType = 'application/json', tagging }: WriteOnce) => {
  const { sdk, client } = await s3();
  try {
    const put = new sdk.PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      IfNoneMatch: '*',
      ChecksumAlgorithm: 'SHA256',
      ...(tagging === undefined ? {} : { Tagging: tagging }),
    });
    const { VersionId } = await client.send(put);
    return { body, versionId: VersionId ?? 'null', ours: true };
  } catch (cause) {
    if (!isNamed(cause, 'PreconditionFailed')) return rethrow(cause);
    const standing = await findText(bucket, key);
    if (standing === undefined) throw cause;
    return { ...standing, ours: false };
  }
};
