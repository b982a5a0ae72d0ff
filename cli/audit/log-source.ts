import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../../core/kernel/reason.ts';
import { regionIn } from '../aws-environment.ts';
import { askingAws, isNamed, isNotThere } from '../aws-problem.ts';
import { reading } from '../files.ts';
import { couldNotTell, misused } from '../outcome.ts';

/** Bytes of a log, wherever it stands; nothing for what is not there. */
export type LogSource = (path: string) => Promise<Uint8Array | undefined>;

const inFolder =
  (dir: string): LogSource =>
  async (path) => {
    const file = join(dir, path);
    const bytes = readFile(file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
      throw cause;
    });
    return reading(file, bytes);
  };

const TIMEOUT_MS = 30_000;

const overHttp =
  (base: string, signal: AbortSignal): LogSource =>
  async (path) => {
    const url = `${base.replace(/\/+$/, '')}/${path}`;
    const failed = (found: string, cause?: unknown) =>
      couldNotTell({ path: url, message: 'the log cannot be read', found, fix: 'Try again later.' }, { cause });
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) }).catch(
      (cause: unknown) => {
        throw failed(String((cause as Error).cause ?? cause), cause);
      },
    );
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw failed(`HTTP ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };

const onS3 = async (bucket: string, prefix: string, signal: AbortSignal): Promise<LogSource> => {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client(regionIn(process.env));
  return async (path) => {
    const key = prefix === '' ? path : `${prefix}/${path}`;
    const body = client
      .send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal })
      .then(({ Body }) => Body?.transformToByteArray())
      .catch((cause: unknown) => {
        if (isNotThere(cause) && !isNamed(cause, 'NoSuchBucket')) return undefined;
        throw cause;
      });
    return askingAws(`s3://${bucket}/${key}`, body);
  };
};

/** A folder, `https://…`, or `s3://bucket` with the credentials of the usual AWS environment. */
export const logSource = (place: string, signal: AbortSignal): Promise<LogSource> | LogSource => {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(place) ?? [];
  if (bucket !== undefined) return onS3(bucket, prefix, signal);
  if (/^https?:\/\//.test(place)) return overHttp(place, signal);
  if (/^[a-z0-9+.-]+:\/\//i.test(place))
    throw misused({
      path: 'LOG',
      message: 'such an address is not read',
      found: show(place),
      allowed: 'a folder, https://…, s3://BUCKET',
    });
  return inFolder(place);
};
