import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { hexOf } from '../core/kernel/digest.ts';
import { regionIn } from './aws-environment.ts';
import { askingAws, isNotThere, isRefused } from './aws-problem.ts';
import { type LocalFile, reading } from './files.ts';
import type { ModelBucket } from './model-bucket.ts';
import { couldNotTell } from './outcome.ts';

type Put = Parameters<ModelBucket['put']>[0];

const MiB = 1024 ** 2;
const MOST_PARTS = 10_000;
/** S3 takes no more in one piece, and only of one piece does it keep the SHA-256 that the plane asks for. */
const PIECES = { largest: 5 * 1024 * MiB, part: 64 * MiB };
/** Held in memory, so that the SDK can send it again by itself. */
const SMALL = 8 * MiB;
const CHUNK = MiB;
const STREAM_TRIES = 3;

async function* counted(file: LocalFile, onBytes: Put['onBytes']): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file.absolute, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield chunk;
  }
}

const streamOf = ({ file, onBytes }: Put): Readable => Readable.from(counted(file, onBytes), { objectMode: false });

type Uploader = {
  readonly client: S3Client;
  readonly bucket: string;
  readonly signal: AbortSignal;
  readonly pieces: typeof PIECES;
};

const inOnePiece = async ({ client, bucket, signal }: Uploader, put: Put): Promise<string | undefined> => {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const send = async (Body: NonNullable<PutObjectCommandInput['Body']>): Promise<string | undefined> => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: put.key,
      Body,
      ContentLength: put.file.size,
      ChecksumSHA256: Buffer.from(hexOf(put.file.digest), 'hex').toString('base64'),
    });
    return (await client.send(command, { abortSignal: signal })).VersionId;
  };
  if (put.file.size <= SMALL) {
    const sent = await send(await reading(put.file.path, readFile(put.file.absolute)));
    put.onBytes(put.file.size);
    return sent;
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(streamOf(put));
    } catch (cause) {
      const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 500;
      if (attempt === STREAM_TRIES || signal.aborted || status < 500) throw cause;
    }
  }
};

const inParts = async ({ client, bucket, signal, pieces }: Uploader, put: Put): Promise<string | undefined> => {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const abortController = new AbortController();
  signal.addEventListener('abort', () => abortController.abort(), { once: true });
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: put.key, Body: streamOf(put), ChecksumAlgorithm: 'SHA256' },
    partSize: Math.max(pieces.part, Math.ceil(put.file.size / MOST_PARTS / MiB) * MiB),
    abortController,
  });
  return (await upload.done()).VersionId;
};

const changed = (put: Put, cause: unknown): unknown =>
  (cause as Error).name === 'BadDigest'
    ? couldNotTell({ path: put.file.path, message: 'the file changed while it was uploaded', fix: 'Submit again.' })
    : cause;

const ignore = (): void => {};
/** The SDK warns about streams that it cannot send again; we send them again ourselves. */
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A bucket on S3, by the credentials of the usual AWS environment. */
export const s3ModelBucket = async (
  name: string,
  signal: AbortSignal,
  pieces: typeof PIECES = PIECES,
): Promise<ModelBucket> => {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ ...regionIn(process.env), logger: SILENT });
  const uploader = { client, bucket: name, signal, pieces };
  const place = (key: string) => `s3://${name}/${key}`;
  return {
    name,
    put: (put) => {
      const sent = put.file.size > pieces.largest ? inParts(uploader, put) : inOnePiece(uploader, put);
      return askingAws(
        place(put.key),
        sent.catch((cause: unknown) => {
          throw changed(put, cause);
        }),
      );
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
