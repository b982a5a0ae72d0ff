import { MANIFEST } from '../core/intake/contract.ts';
import { concurrently } from '../core/kernel/concurrently.ts';
import type { Context } from './context.ts';
import type { HashedFile } from './files.ts';
import type { ModelBucket, OnBytes, PartedFile } from './model-bucket.ts';
import { couldNotTell } from './outcome.ts';
import { rangeOf } from './parts.ts';
import { counted, inBytes, oneLine } from './text.ts';

/** Requests under way at once, files and parts alike: enough to fill a line, few enough to share it. */
const WIDTH = 8;

/** How far an upload has come. */
export type Sent = {
  /** Objects that stand. */
  done: number;
  /** Parts that wait to become one, and that a later submit finds. */
  parts: number;
  /** Bytes of parts that an earlier, interrupted upload had left there. */
  resumed: number;
  attempt?: string;
};

export const NOTHING_SENT = { done: 0, parts: 0, resumed: 0 } as const;

export const standing = ({ done, parts, attempt }: Sent, total: number, place: string): string => {
  if (attempt !== undefined) return `everything stands under ${place}, and intake is at work on attempt ${attempt}`;
  const waiting = parts === 0 ? '' : `; ${counted(parts, 'part')} of large files wait there for the next submit`;
  return `${done} of ${counted(total, 'file')} stand under ${place}, manifest.json does not: nothing was announced${waiting}`;
};

type Sending = {
  readonly bucket: ModelBucket;
  readonly prefix: string;
  readonly sent: Sent;
  readonly context: Context;
};

const isParted = (file: HashedFile): file is PartedFile => file.parts !== undefined;

const teller = (hashed: readonly HashedFile[], { context }: Sending) => {
  const total = hashed.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  return (path: string): OnBytes =>
    (more) => {
      bytes += more;
      context.progress(`uploading ${oneLine(path)} (${inBytes(bytes)} of ${inBytes(total)})`);
    };
};

const openParts = async (file: PartedFile, { bucket, prefix, sent }: Sending, onBytes: OnBytes) => {
  const upload = await bucket.inParts({ key: `${prefix}${file.path}`, file });
  const lengthOf = (part: number) => rangeOf(part, file.size, file.parts.size).length;
  const found = file.size - upload.missing.reduce((sum, part) => sum + lengthOf(part), 0);
  const parts = upload.isFound ? 1 : 0;
  sent.parts += parts * (file.parts.digests.length - upload.missing.length);
  sent.resumed += found;
  if (found > 0) onBytes(found);
  const pieces = upload.missing.map((part) => async () => {
    await upload.send(part, onBytes);
    sent.parts += parts;
  });
  const complete = async () => {
    await upload.complete();
    sent.parts -= parts * file.parts.digests.length;
    sent.done += 1;
  };
  return { pieces, complete };
};

/**
 * Sends every file, the manifest last, because its arrival is what starts intake. Parts become objects only when all
 * bytes are there: once one is an object, an interrupted upload could not go on with it, and would send it all again.
 * @returns the version of the manifest, which names the attempt
 */
export const sendUpload = async (hashed: readonly HashedFile[], sending: Sending): Promise<string> => {
  const { bucket, prefix, sent, context } = sending;
  const tell = teller(hashed, sending);
  const put = async (file: HashedFile): Promise<string | undefined> => {
    const versionId = await bucket.put({ key: `${prefix}${file.path}`, file, onBytes: tell(file.path) });
    sent.done += 1;
    return versionId;
  };
  const unlessInterrupted = async <Result>(step: () => Promise<Result>): Promise<Result> => {
    context.signal.throwIfAborted();
    return step();
  };
  const [manifest] = hashed.filter(({ path }) => path === MANIFEST);
  const files = hashed.filter((file) => file !== manifest);
  const large = await concurrently(files.filter(isParted), WIDTH, (file) =>
    unlessInterrupted(() => openParts(file, sending, tell(file.path))),
  );
  // What an interruption does not undo goes first.
  const pieces = [
    ...large.flatMap((upload) => upload.pieces),
    ...files.filter((file) => !isParted(file)).map((file) => async () => void (await put(file))),
  ];
  await concurrently(pieces, WIDTH, unlessInterrupted);
  await concurrently(large, WIDTH, ({ complete }) => unlessInterrupted(complete));
  const attempt = manifest === undefined ? undefined : await unlessInterrupted(() => put(manifest));
  if (attempt === undefined)
    throw couldNotTell({
      path: bucket.name,
      message: 'the bucket keeps no versions',
      fix: 'Submit to the bucket of the plane.',
    });
  sent.attempt = attempt;
  return attempt;
};
