import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import { regionIn } from './aws-environment.ts';
import { askingAws, isNamed, isNotThere, isRefused } from './aws-problem.ts';
import { type LocalFile, reading } from './files.ts';
import type { ModelBucket } from './model-bucket.ts';
import { couldNotTell } from './outcome.ts';
import { base64Of, type Pieces, partSizeOf, S3_PIECES } from './parts.ts';
import { type S3Place, s3PartsUpload } from './s3-parts.ts';
import { changedMeanwhile, sendSection } from './s3-stream.ts';

type Put = Parameters<ModelBucket['put']>[0];

/** Held in memory, so that the SDK can send it again by itself. */
const SMALL = 8 * 1024 ** 2;

const inOnePiece = async ({ client, bucket, signal }: S3Place, put: Put): Promise<string | undefined> => {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { path, absolute, size, digest } = put.file;
  const send = async (Body: NonNullable<PutObjectCommandInput['Body']>): Promise<string | undefined> => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: put.key,
      Body,
      ContentLength: size,
      ChecksumSHA256: base64Of(digest),
    });
    return (await client.send(command, { abortSignal: signal })).VersionId;
  };
  if (size > SMALL)
    return sendSection({ path, absolute, offset: 0, length: size }, send, { onBytes: put.onBytes, signal });
  const sent = await send(await reading(path, readFile(absolute)));
  put.onBytes(size);
  return sent;
};

/** What only an upload can run into. */
const told = ({ path }: LocalFile, cause: unknown): unknown => {
  if (isNamed(cause, 'BadDigest')) return changedMeanwhile(path);
  if (isNamed(cause, 'NoSuchUpload'))
    return couldNotTell({
      path,
      message: 'its upload in parts was ended by somebody else, or lay for a week',
      fix: 'Submit again.',
    });
  return cause;
};

const ignore = (): void => {};
/** The SDK warns about streams that it cannot send again; we send them again ourselves. */
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A bucket on S3, by the credentials of the usual AWS environment. */
export const s3ModelBucket = async (
  name: string,
  signal: AbortSignal,
  pieces: Pieces = S3_PIECES,
): Promise<ModelBucket> => {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ ...regionIn(process.env), logger: SILENT });
  const s3 = { client, bucket: name, signal };
  const place = (key: string) => `s3://${name}/${key}`;
  const uploading = <Answer>({ key, file }: Pick<Put, 'key' | 'file'>, asked: Promise<Answer>): Promise<Answer> => {
    const under = asked.catch((cause: unknown) => Promise.reject(told(file, cause)));
    return askingAws(place(key), under);
  };
  return {
    name,
    partSize: (size) => partSizeOf(size, pieces),
    put: (put) => uploading(put, inOnePiece(s3, put)),
    inParts: async (upload) => {
      const parts = await uploading(upload, s3PartsUpload(s3, upload.key, upload.file));
      return {
        ...parts,
        send: (part, onBytes) => uploading(upload, parts.send(part, onBytes)),
        complete: () => uploading(upload, parts.complete()),
      };
    },
    find: async (key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }), { abortSignal: signal });
        return { text: (await Body?.transformToString()) ?? '' };
      } catch (cause) {
        if (isNotThere(cause)) return 'absent';
        if (isRefused(cause)) return 'refused';
        return askingAws(place(key), Promise.reject(cause));
      }
    },
    read: async ({ key, versionId }) => {
      const command = new GetObjectCommand({ Bucket: name, Key: key, VersionId: versionId });
      const { Body } = await askingAws(place(key), client.send(command, { abortSignal: signal }));
      if (Body === undefined) throw couldNotTell({ path: place(key), message: 'S3 answered without a body' });
      return Body as Readable;
    },
  };
};
