import { readFile, rename, writeFile } from 'node:fs/promises';
import { CHECKPOINT } from '../../core/audit/contract.ts';
import { reading } from '../files.ts';
import { couldNotTell } from '../outcome.ts';
import { logSource } from './log-source.ts';

type Kept = {
  readonly files: readonly string[];
  readonly copy: string | undefined;
  /** It need not exist yet. */
  readonly keep: string | undefined;
  readonly signal: AbortSignal;
};

const ifThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });

const checkpointOf = async (copy: string, signal: AbortSignal): Promise<string> => {
  const bytes = await (await logSource(copy, signal)).read(CHECKPOINT);
  if (bytes !== undefined) return Buffer.from(bytes).toString('utf8');
  throw couldNotTell({
    path: copy,
    message: 'there is no checkpoint in the copy',
    fix: 'Name the folder or bucket that holds it; a copy that was just made has none yet.',
  });
};

/** Signed notes by the place that they were kept in. */
export const readKept = async ({ files, copy, keep, signal }: Kept): Promise<Record<string, string>> => {
  const kept: Record<string, string> = {};
  for (const file of files) kept[file] = await reading(file, readFile(file, 'utf8'));
  if (copy !== undefined) kept[copy] = await checkpointOf(copy, signal);
  const before = keep === undefined ? undefined : await reading(keep, ifThere(keep));
  if (keep !== undefined && before !== undefined) kept[keep] = before;
  return kept;
};

/** The file holds what it held or the new text, never a part of it. */
export const replaceFile = async (file: string, text: string | Uint8Array): Promise<void> => {
  const beside = `${file}.new`;
  await reading(file, writeFile(beside, text));
  await reading(file, rename(beside, file));
};
