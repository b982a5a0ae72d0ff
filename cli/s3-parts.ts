import type {
  ListMultipartUploadsCommand as List,
  ListMultipartUploadsCommandInput,
  ListMultipartUploadsCommandOutput,
  Part,
  S3Client,
} from '@aws-sdk/client-s3';
import { concurrently } from '../core/kernel/concurrently.ts';
import { digestOfBase64 } from '../core/kernel/digest.ts';
import { isNamed, isRefused } from './aws-problem.ts';
import type { OnBytes, PartedFile, PartsUpload } from './model-bucket.ts';
import { couldNotTell } from './outcome.ts';
import { base64Of, compositeOf, type OpenUpload, rangeOf, whichToResume } from './parts.ts';
import { sendSection } from './s3-stream.ts';

export type S3Place = { readonly client: S3Client; readonly bucket: string; readonly signal: AbortSignal };

/** Interrupted uploads of one name looked into at once; there is seldom more than one. */
const WIDTH = 4;

type Target = S3Place & { readonly key: string };
type Begun = Target & { readonly file: PartedFile; readonly id: string; readonly tags: Map<number, string> };

/** @throws AccessDenied to whoever may upload and no more */
const begunBefore = async ({ client, bucket, key, signal }: Target): Promise<string[]> => {
  const { ListMultipartUploadsCommand } = await import('@aws-sdk/client-s3');
  const found: string[] = [];
  let from: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (from !== undefined) {
    const list: List = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key, ...from });
    const page: ListMultipartUploadsCommandOutput = await client.send(list, { abortSignal: signal });
    // Other names may begin alike.
    found.push(...(page.Uploads ?? []).flatMap(({ Key, UploadId = '' }) => (Key === key ? [UploadId] : [])));
    from = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
  }
  return found;
};

const standingPart = ({ PartNumber = 0, ChecksumSHA256: sum, ETag: tag = '' }: Part) => ({
  number: PartNumber,
  digest: sum === undefined ? undefined : digestOfBase64(sum),
  tag,
});

const partsOf = async ({ client, bucket, key, signal }: Target, id: string): Promise<OpenUpload> => {
  const { paginateListParts } = await import('@aws-sdk/client-s3');
  const parts: OpenUpload['parts'][number][] = [];
  try {
    const asked = { Bucket: bucket, Key: key, UploadId: id };
    for await (const { Parts = [] } of paginateListParts({ client }, asked, { abortSignal: signal }))
      parts.push(...Parts.map(standingPart));
  } catch (cause) {
    // Ended since it was listed: nothing to go on with.
    if (!isNamed(cause, 'NoSuchUpload')) throw cause;
    return { id, parts: [] };
  }
  return { id, parts };
};

/** Uploads of this name that were begun and not ended; undefined for who may not look for them. */
const openUploads = async (target: Target): Promise<OpenUpload[] | undefined> => {
  try {
    return await concurrently(await begunBefore(target), WIDTH, (id) => partsOf(target, id));
  } catch (cause) {
    if (isRefused(cause)) return undefined;
    throw cause;
  }
};

const giveUp = async ({ client, bucket, key, signal }: Target, id: string): Promise<void> => {
  const { AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id });
  await client.send(abort, { abortSignal: signal }).catch((cause: unknown) => {
    // The bucket's lifecycle ends it too, a week later.
    if (!isRefused(cause) && !isNamed(cause, 'NoSuchUpload')) throw cause;
  });
};

const begin = async ({ client, bucket, key, signal }: Target): Promise<string> => {
  const { CreateMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const create = new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ChecksumAlgorithm: 'SHA256' });
  const { UploadId } = await client.send(create, { abortSignal: signal });
  if (UploadId === undefined) throw couldNotTell({ path: key, message: 'S3 began an upload and did not name it' });
  return UploadId;
};

const sendPart = async ({ client, bucket, signal, key, file, id, tags }: Begun, part: number, onBytes: OnBytes) => {
  const { UploadPartCommand } = await import('@aws-sdk/client-s3');
  const { offset, length } = rangeOf(part, file.size, file.parts.size);
  const { ETag } = await sendSection(
    { path: file.path, absolute: file.absolute, offset, length },
    (Body) => {
      const command = new UploadPartCommand({
        Bucket: bucket,
        Key: key,
        UploadId: id,
        PartNumber: part,
        Body,
        ContentLength: length,
        ChecksumSHA256: sumOf(file, part),
      });
      return client.send(command, { abortSignal: signal });
    },
    { onBytes, signal },
  );
  tags.set(part, ETag ?? '');
};

const sumOf = ({ path, parts }: PartedFile, part: number): string => {
  const digest = parts.digests[part - 1];
  if (digest === undefined) throw new RangeError(`${path} has no part ${part}`);
  return base64Of(digest);
};

const complete = async ({ client, bucket, signal, key, file, id, tags }: Begun): Promise<string | undefined> => {
  const { CompleteMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const Parts = file.parts.digests.map((digest, index) => ({
    PartNumber: index + 1,
    ETag: tags.get(index + 1),
    ChecksumSHA256: base64Of(digest),
  }));
  const ended = new CompleteMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    UploadId: id,
    MultipartUpload: { Parts },
    MpuObjectSize: file.size,
  });
  const { ChecksumSHA256: stored, VersionId } = await client.send(ended, { abortSignal: signal });
  const expected = compositeOf(file.parts.digests);
  if (stored !== expected)
    throw couldNotTell({
      path: file.path,
      message: 'S3 made another object of the parts than was sent',
      found: stored ?? 'no checksum',
      allowed: expected,
      fix: 'Submit again.',
    });
  return VersionId;
};

/** An upload in parts on S3: an interrupted one of the same bytes if there is one, else a new one. */
export const s3PartsUpload = async (place: S3Place, key: string, file: PartedFile): Promise<PartsUpload> => {
  const target = { ...place, key };
  const { digests } = file.parts;
  const open = await openUploads(target);
  const { resume, stale } = whichToResume(open ?? [], digests);
  for (const { id } of stale) await giveUp(target, id);
  const id = resume?.id ?? (await begin(target));
  const tags = new Map(resume?.parts.map(({ number, tag }) => [number, tag]));
  const begun: Begun = { ...target, file, id, tags };
  return {
    isFound: open !== undefined,
    missing: digests.map((_, index) => index + 1).filter((part) => !tags.has(part)),
    send: (part, onBytes) => sendPart(begun, part, onBytes),
    complete: () => complete(begun),
  };
};
