import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundleHandler, HANDLER } from './bundle-handler.ts';

const repository = join(import.meta.dirname, '..');

/** cedar-wasm's entry for Node reads its module from `__dirname`, which every bundled file defines. */
const CEDAR = ['node_modules/@cedar-policy/cedar-wasm/nodejs/cedar_wasm_bg.wasm', 'policies'];

/** What a handler reads from its own folder beside its code: a file, or every file of a folder. */
const assets: Readonly<Record<string, readonly string[]>> = {
  'admission/admit-version': CEDAR,
  'policy/decide-registration': CEDAR,
};

/** What every handler is made with, beside its own sources. */
const TOOLS = ['package-lock.json', 'scripts/build.ts', 'scripts/bundle-handler.ts'];

/** By entry: what went into the folder that stands in dist/, and what esbuild said about it. */
export type Built = Record<string, { digest: string; metafile: Metafile }>;

export const entriesOf = (root: string): string[] =>
  globSync(`functions/*/*${HANDLER}`, { cwd: root })
    .map((path) => path.split(sep).slice(1).join('/').slice(0, -HANDLER.length))
    .sort();

const filesBelow = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesBelow(join(path, name)))
    : [path];

/** Name in the handler's folder to file. */
const assetsOf = (root: string, entry: string): Map<string, string> => {
  const declared = (assets[entry] ?? []).map((asset) => join(root, asset));
  const missing = declared.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`${entry} needs ${missing}, which is not there`);
  return new Map(declared.flatMap((path) => filesBelow(path).map((file) => [relative(dirname(path), file), file])));
};

/** Of everything that decides a handler's folder. Packages change with the lock file only. */
const digestOfSources = (root: string, entry: string, { inputs }: Metafile): string => {
  const own = Object.keys(inputs).filter((path) => !path.includes('node_modules/'));
  const hash = createHash('sha256');
  for (const path of [...TOOLS, ...own.sort(), ...assetsOf(root, entry).values()]) {
    const file = resolve(root, path);
    hash.update(`${path}\n`).update(existsSync(file) ? readFileSync(file) : 'gone');
  }
  return hash.digest('hex');
};

/** Filled aside and renamed, and only if it changed: a build or synthesis that runs meanwhile reads whole files. */
const settleFile = (out: string, path: string, bytes: Uint8Array): void => {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  const draft = join(out, `draft-${randomUUID()}`);
  writeFileSync(draft, bytes);
  mkdirSync(dirname(path), { recursive: true });
  renameSync(draft, path);
};

/** Makes these the files of the folder, all of them. */
const settle = (out: string, folder: string, files: ReadonlyMap<string, Uint8Array>): void => {
  for (const [name, bytes] of files) settleFile(out, join(folder, name), bytes);
  for (const path of filesBelow(folder)) if (!files.has(relative(folder, path))) rmSync(path);
};

/** A handler that was renamed or deleted leaves no folder behind. */
const removeUnknown = (out: string, entries: readonly string[]): void => {
  for (const folder of globSync('*/*', { cwd: out }))
    if (!entries.includes(folder.split(sep).join('/'))) rmSync(join(out, folder), { recursive: true });
};

const readBuilt = (out: string): Built => {
  const path = join(out, 'meta.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
};

export type BuildOptions = {
  /** Where functions/ and the assets are. */
  root?: string;
  /** Where the folders are written. */
  out?: string;
};

/**
 * Bundles each handler into a folder of its own, `dist/<capability>/<verb-noun>/`: a Lambda asset cannot reach outside
 * it. Handlers are bundled apart, so that none carries code that only another uses, and a change to one leaves the
 * assets of the others as they are. The same sources give the same bytes; what did not change is not bundled again.
 */
export const buildHandlers = async ({
  root = repository,
  out = join(root, 'dist'),
}: BuildOptions = {}): Promise<Built> => {
  const before = readBuilt(out);
  const built: Built = {};
  const entries = entriesOf(root);
  mkdirSync(out, { recursive: true });
  for (const entry of entries) {
    const folder = join(out, entry);
    const last = before[entry];
    if (last !== undefined && existsSync(folder) && last.digest === digestOfSources(root, entry, last.metafile)) {
      built[entry] = last;
      continue;
    }
    const { metafile, files } = await bundleHandler(root, entry);
    const beside = [...assetsOf(root, entry)].map(([name, file]): [string, Uint8Array] => [name, readFileSync(file)]);
    mkdirSync(folder, { recursive: true });
    settle(out, folder, new Map([...files, ...beside]));
    built[entry] = { digest: digestOfSources(root, entry, metafile), metafile };
  }
  removeUnknown(out, entries);
  settleFile(out, join(out, 'meta.json'), Buffer.from(JSON.stringify(built)));
  return built;
};

if (import.meta.main) {
  const began = performance.now();
  const built = await buildHandlers();
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  console.error(`Built ${Object.keys(built).length} handlers in ${seconds} s.`);
}
