import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Everything the local AWS writes lives here; deleting the folder costs one slow start and nothing else. */
export const workshop = join(root, '.local');

/** The Node that npm installed comes first, so that Lambda workers run on the version of the real runtime. */
export const searchPath = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;

const filesBelow = (path: string): string[] => {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return [];
  if (!entry.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== '__pycache__' && name !== 'node_modules')
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
};

/** One digest over the names and bytes of files and folders: changes when, and only when, one of them does. */
export const digestOf = (paths: readonly string[], ...also: readonly string[]): string => {
  const hash = createHash('sha256').update(JSON.stringify(also));
  for (const file of paths.flatMap(filesBelow)) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 32);
};
