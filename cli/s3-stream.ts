import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type LocalFile, reading } from './files.ts';
import type { OnBytes } from './model-bucket.ts';
import { couldNotTell, Problem } from './outcome.ts';

const CHUNK = 1024 ** 2;
const TRIES = 5;
const FIRST_PAUSE_MS = 250;

export type Section = Pick<LocalFile, 'path' | 'absolute'> & { readonly offset: number; readonly length: number };

export const changedMeanwhile = (path: string): Problem =>
  couldNotTell({ path, message: 'the file changed while it was uploaded', fix: 'Submit again.' });

async function* chunksOf({ path, absolute, offset, length }: Section, onBytes: OnBytes): AsyncGenerator<Buffer> {
  const file = createReadStream(absolute, { start: offset, end: offset + length - 1, highWaterMark: CHUNK });
  const chunks = file[Symbol.asyncIterator]();
  let left = length;
  try {
    // A disk that fails must not pass for a network that does.
    for (let next = await reading(path, chunks.next()); !next.done; next = await reading(path, chunks.next())) {
      onBytes(next.value.length);
      left -= next.value.length;
      yield next.value;
    }
    // S3 would wait for the rest until it gave up.
    if (left > 0) throw changedMeanwhile(path);
  } finally {
    file.destroy();
  }
}

type AwsAnswer = Error & { $metadata?: { httpStatusCode?: number } };

/** What another try will not change. A line that stood still too long is answered as if the request were wrong. */
const isFinal = (cause: unknown): boolean => {
  const { name, $metadata } = cause as AwsAnswer;
  return cause instanceof Problem || (($metadata?.httpStatusCode ?? 500) < 500 && name !== 'RequestTimeout');
};

type Send<Sent> = (body: Readable) => Promise<Sent>;

/** The SDK pipes a stream into its request and does not listen to what goes wrong with the stream. */
const sendOnce = async <Sent>(section: Section, send: Send<Sent>, onBytes: OnBytes): Promise<Sent> => {
  const body = Readable.from(chunksOf(section, onBytes), { objectMode: false });
  const broken = new Promise<never>((_, reject) => body.once('error', reject));
  try {
    return await Promise.race([send(body), broken]);
  } finally {
    body.destroy();
  }
};

/**
 * Sends a section of a file and holds no more than a few chunks of it. The SDK cannot begin a stream anew, so that is
 * done here; what an attempt that broke off had told of is taken back.
 */
export const sendSection = async <Sent>(
  section: Section,
  send: Send<Sent>,
  { onBytes, signal }: { onBytes: OnBytes; signal: AbortSignal },
): Promise<Sent> => {
  for (let attempt = 1; ; attempt++) {
    let [told, isOver] = [0, false];
    const tell: OnBytes = (more) => {
      // A chunk may still be on its way from the disk when the line has broken.
      if (isOver) return;
      told += more;
      onBytes(more);
    };
    try {
      return await sendOnce(section, send, tell);
    } catch (cause) {
      isOver = true;
      if (attempt === TRIES || signal.aborted || isFinal(cause)) throw cause;
      onBytes(-told);
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
    }
  }
};
