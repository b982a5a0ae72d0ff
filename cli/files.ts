import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodePoint } from '../core/kernel/code-point-order.ts';
import { concurrently } from '../core/kernel/concurrently.ts';
import { type Digest, digestOfRaw } from '../core/kernel/digest.ts';
import { type Reason, show } from '../core/kernel/reason.ts';
import type { ByteSource } from '../core/scanning/byte-source.ts';
import type { Context } from './context.ts';
import { fileChunks } from './file-chunks.ts';
import { couldNotTell, misused } from './outcome.ts';
import { type HashedParts, PartHasher } from './parts.ts';
import { inBytes, oneLine } from './text.ts';

export type LocalFile = { readonly path: string; readonly absolute: string; readonly size: number };

/** With `parts`, when it is too large to be sent in one piece. */
export type HashedFile = LocalFile & { readonly digest: Digest; readonly parts?: HashedParts };

export type Folder = {
  /** In code-point order of their paths, which are separated by / everywhere. */
  readonly files: readonly LocalFile[];
  readonly leftOut: readonly string[];
  /** What is no plain file, and so can be neither uploaded nor signed. */
  readonly reasons: readonly Reason[];
};

const codeOf = (cause: unknown): string => (cause as NodeJS.ErrnoException | undefined)?.code ?? String(cause);

/** A file that exists and cannot be read leaves the question open: neither yes nor no. */
export const reading = async <Result>(path: string, read: Promise<Result>): Promise<Result> => {
  try {
    return await read;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && 'syscall' in cause)
      throw couldNotTell(
        { path, message: 'cannot be read', found: codeOf(cause), fix: 'Check that it exists and may be read.' },
        { cause },
      );
    throw cause;
  }
};

const refused = (rule: string, path: string, message: string, fix: string): Reason => ({ rule, path, message, fix });

const kindOf = (entry: Dirent<Buffer>): string => {
  if (entry.isFIFO()) return 'a named pipe';
  return entry.isSocket() ? 'a socket' : 'a device';
};

const refuseEntry = (path: string, entry: Dirent<Buffer>): Reason =>
  entry.isSymbolicLink()
    ? refused('intake.symlink', path, 'is a symbolic link, and S3 has none', 'Put the file itself there.')
    : refused('intake.not-a-file', path, `is ${kindOf(entry)}, not a file`, 'Take it out of the folder.');

/** Every file below a folder. `leaveOut` names what is passed over; a folder so named is not entered. */
export const walk = async (dir: string, leaveOut: (path: string) => boolean): Promise<Folder> => {
  const found = await stat(dir).catch((cause: unknown) => {
    throw misused({ path: 'DIR', message: 'no such folder can be opened', found: `${show(dir)} (${codeOf(cause)})` });
  });
  if (!found.isDirectory()) throw misused({ path: 'DIR', message: 'this is a file, not a folder', found: show(dir) });
  const files: LocalFile[] = [];
  const leftOut: string[] = [];
  const reasons: Reason[] = [];
  const enter = async (folder: string, prefix: string): Promise<void> => {
    const entries = await reading(folder, readdir(folder, { encoding: 'buffer', withFileTypes: true }));
    for (const entry of entries) {
      const path = `${prefix}${entry.name.toString('utf8')}`;
      const absolute = join(folder, entry.name.toString('utf8'));
      if (!isUtf8(entry.name))
        reasons.push(refused('intake.name-refused', path, 'is not named in UTF-8', 'Rename it.'));
      else if (leaveOut(path)) leftOut.push(path);
      else if (entry.isDirectory()) await enter(absolute, `${path}/`);
      else if (!entry.isFile()) reasons.push(refuseEntry(path, entry));
      else files.push({ path, absolute, size: (await reading(path, stat(absolute))).size });
    }
  };
  await enter(dir, '');
  files.sort((a, b) => byCodePoint(a.path, b.path));
  return { files, leftOut: leftOut.sort(byCodePoint), reasons };
};

/** Disks answer several readers sooner than one; hashing itself has one core. */
const WIDTH = 4;

type Hashing = { readonly context: Context; readonly onBytes: (bytes: number) => void };

/** In one reading, so that the parts are surely those of the whole. */
const hashOne = async (
  file: LocalFile,
  partSize: number | undefined,
  { context, onBytes }: Hashing,
): Promise<HashedFile> => {
  const whole = createHash('sha256');
  const parts = partSize === undefined ? undefined : new PartHasher(partSize);
  for await (const chunk of fileChunks(file.absolute, { size: file.size, signal: context.signal })) {
    whole.update(chunk);
    parts?.update(chunk);
    onBytes(chunk.length);
  }
  const digest = digestOfRaw(whole.digest());
  return { ...file, digest, ...(parts !== undefined && { parts: parts.end() }) };
};

/** In one piece, as far as hashing is concerned. */
const WHOLE = (): undefined => {};

/** Every file with its SHA-256, in their order; and that of its parts, where it has to be sent in parts of a size. */
export const hashAll = async (
  files: readonly LocalFile[],
  context: Context,
  partSize: (size: number) => number | undefined = WHOLE,
): Promise<HashedFile[]> => {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let done = 0;
  return concurrently(files, WIDTH, (file) => {
    const onBytes = (bytes: number) => {
      done += bytes;
      context.progress(`hashing ${oneLine(file.path)} (${inBytes(done)} of ${inBytes(total)})`);
    };
    return reading(file.path, hashOne(file, partSize(file.size), { context, onBytes }));
  });
};

/** Runs `use` with the file open for reading by range. */
export const withSource = async <Result>(
  file: LocalFile,
  use: (source: ByteSource) => Promise<Result>,
): Promise<Result> => {
  const handle = await reading(file.path, open(file.absolute, 'r'));
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const wanted = Math.max(0, Math.min(length, file.size - offset));
      const { buffer, bytesRead } = await handle.read(new Uint8Array(wanted), 0, wanted, offset);
      return buffer.subarray(0, bytesRead);
    };
    return await reading(file.path, use({ size: file.size, read }));
  } finally {
    await handle.close();
  }
};
