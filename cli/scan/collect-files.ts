import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { byCodePoint } from '../../core/kernel/code-point-order.ts';
import type { LocalFile } from '../files.ts';
import { breathe } from './open-file.ts';
import type { Unread } from './scan-document.ts';

export type Collected = { readonly files: readonly LocalFile[]; readonly unread: readonly Unread[] };

/** Git's own store of a checkout: packed objects, of which none is loaded as a model. */
const LEFT_OUT = '.git';

const slashed = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'));

const problemOf = (cause: unknown): string => {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  return code === 'ELOOP' ? 'is a link to itself' : `cannot be read (${code ?? String(cause)})`;
};

/**
 * The files under the paths given. Links are followed: a model cache is made of them, and whoever loads the model follows
 * them too. A folder that has been entered is not entered again by a link.
 */
export const collectFiles = async (paths: readonly string[]): Promise<Collected> => {
  const files = new Map<string, LocalFile>();
  const unread: Unread[] = [];
  const entered = new Set<string>();

  const enter = async (folder: string): Promise<void> => {
    await breathe();
    const real = realpathSync(folder);
    if (entered.has(real)) return;
    entered.add(real);
    for (const name of readdirSync(folder).sort(byCodePoint)) if (name !== LEFT_OUT) await take(join(folder, name));
  };

  const add = (path: string, found: Stats): void => {
    const shown = slashed(path);
    if (!found.isFile()) unread.push({ path: shown, problem: 'is neither a file nor a folder' });
    else files.set(shown, { path: shown, absolute: path, size: found.size });
  };

  const take = async (path: string): Promise<void> => {
    try {
      const found = statSync(path);
      if (found.isDirectory()) await enter(path);
      else add(path, found);
    } catch (cause) {
      unread.push({ path: slashed(path), problem: problemOf(cause) });
    }
  };

  for (const path of paths) await take(path);
  return { files: [...files.values()], unread };
};
