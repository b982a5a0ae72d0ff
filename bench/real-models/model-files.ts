import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byCodePoint } from '../../core/kernel/code-point-order.ts';
import { root } from '../../local/paths.ts';

export type ModelFile = {
  /** Below the folder of its environment; the first part is the library and its version. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
};

export const libraryOf = (path: string): string => path.slice(0, path.indexOf('/'));

export const listModels = (folder: string): ModelFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name));
      const path = join(parentPath, name).slice(folder.length + 1);
      return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    })
    .sort((a, b) => byCodePoint(a.path, b.path));

const MANIFEST = join(root, 'bench', 'real-models', 'manifest.tsv');
export const manifestPath = MANIFEST;

/** What a line of the manifest says of a file; `-` where it differs from one making to the next. */
export type Listed = { readonly path: string; readonly size: string; readonly sha256: string };

export const manifest = (): Listed[] =>
  readFileSync(MANIFEST, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [path = '', size = '-', sha256 = '-'] = line.split('\t');
      return { path, size, sha256 };
    });
