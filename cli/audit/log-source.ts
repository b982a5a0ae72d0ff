import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../../core/kernel/reason.ts';
import { regionIn } from '../aws-environment.ts';
import { askingAws, isNamed, isNotThere } from '../aws-problem.ts';
import { reading } from '../files.ts';
import { couldNotTell, misused } from '../outcome.ts';

/** A log, wherever it stands. */
export type LogSource = {
  /** Bytes by their path; nothing for what is not there. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Paths that begin so, in order; nothing where they cannot be listed. */
  readonly list: (prefix: string) => Promise<readonly string[] | undefined>;
};

const ifThere = (cause: NodeJS.ErrnoException): undefined => {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
  throw cause;
};

const inFolder = (dir: string): LogSource => ({
  read: (path) => {
    const file = join(dir, path);
    return reading(file, readFile(file).catch(ifThere));
  },
  list: async (prefix) => {
    const names = await reading(join(dir, prefix), readdir(join(dir, prefix)).catch(ifThere));
    return (names ?? []).sort().map((name) => `${prefix}${name}`);
  },
});

const TIMEOUT_MS = 30_000;

const overHttp = (base: string, signal: AbortSignal): LogSource => ({
  list: async () => undefined,
  read: async (path) => {
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
  },
});

const onS3 = async (bucket: string, prefix: string, signal: AbortSignal): Promise<LogSource> => {
  const { GetObjectCommand, ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client(regionIn(process.env));
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const key = keyOf(path);
    const body = client
      .send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal })
      .then(({ Body }) => Body?.transformToByteArray())
      .catch((cause: unknown) => {
        if (isNotThere(cause) && !isNamed(cause, 'NoSuchBucket')) return undefined;
        throw cause;
      });
    return askingAws(`s3://${bucket}/${key}`, body);
  };
  const list = async (asked: string): Promise<string[]> => {
    const paths: string[] = [];
    let from: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: keyOf(asked), ContinuationToken: from });
      const page = await askingAws(`s3://${bucket}/${asked}`, client.send(command, { abortSignal: signal }));
      paths.push(...(page.Contents ?? []).map(({ Key = '' }) => Key.slice(keyOf('').length)));
      from = page.NextContinuationToken;
    } while (from !== undefined);
    return paths.sort();
  };
  return { read, list };
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
