import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from '../../cli/context.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { completeManifest, type ManifestInput } from '../support/manifest.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export type Folder = Disposable & {
  readonly dir: string;
  write(path: string, content: string | Uint8Array): void;
  text(path: string): string;
};

const folderAt = (root: string, dir: string): Folder => ({
  dir,
  write: (path, content) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  },
  text: (path) => readFileSync(join(dir, path), 'utf8'),
  [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
});

/** A folder that is gone when the test is over. `name` is what it is called, below a folder that nobody knows. */
export const folderOf = (files: Files, name = 'fraud'): Folder => {
  const root = mkdtempSync(join(tmpdir(), 'clearance-cli-'));
  const folder = folderAt(root, join(root, name));
  mkdirSync(folder.dir, { recursive: true });
  for (const [path, content] of Object.entries(files)) folder.write(path, content);
  return folder;
};

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

/** A copy of one of the models in this repository. */
export const shippedModel = (name: string): Folder => {
  const folder = folderOf({});
  cpSync(join(MODELS, name), folder.dir, { recursive: true });
  return folder;
};

/** Files with a manifest that declares them, and answers every other question too. */
export const uploadOf = (files: Files, change: (manifest: ManifestInput) => void = () => {}): Files => {
  const manifest = completeManifest();
  const declared = Object.entries(files).map(([path, content]) => ({ path, digest: digestOf(content) }));
  manifest.files = declared;
  const [first] = declared;
  if (first !== undefined) {
    manifest.baseline = { path: first.path, format: 'jsonl' };
    manifest.training = { ...manifest.training, environment: { lock: first.digest, lockFile: first.path, seed: 7 } };
  }
  change(manifest);
  return { ...files, 'manifest.json': JSON.stringify(manifest) };
};

/** What a verb gets when nobody watches and nobody interrupts. */
export const quietly = (signal: AbortSignal = new AbortController().signal): Context => ({
  signal,
  progress: () => {},
});
