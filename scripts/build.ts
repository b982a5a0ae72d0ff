import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { build as bundle, type Metafile, type Plugin } from 'esbuild';

const repository = join(import.meta.dirname, '..');
const HANDLER = '.handler.ts';

/** What a handler reads from its own folder beside its code: a file, or every file of a folder. */
const assets: Readonly<Record<string, readonly string[]>> = {
  // cedar-wasm's Node entry reads its module from `__dirname`, which the banner defines for every chunk.
  'policy/decide-registration': ['node_modules/@cedar-policy/cedar-wasm/nodejs/cedar_wasm_bg.wasm', 'policies'],
};

/** Bundled CommonJS asks for `require` and `__dirname`; the long name keeps clear of what the minifier hands out. */
const banner = [
  "import{createRequire as clearanceCreateRequire}from'node:module';",
  'const require=clearanceCreateRequire(import.meta.url),__dirname=import.meta.dirname;',
].join('');

/**
 * `import { z } from 'zod'` keeps all of zod: 64 KB gzipped, its translations into fifty languages included. The same
 * namespace under `import * as z` is shaken down to what is used: 29 KB.
 */
const shakeZod: Plugin = {
  name: 'shake-zod',
  setup(build) {
    build.onLoad({ filter: /[\\/](?:core|functions)[\\/].*\.ts$/ }, ({ path }) =>
      path.includes(`${sep}node_modules${sep}`)
        ? undefined
        : {
            contents: readFileSync(path, 'utf8').replace("import { z } from 'zod'", "import * as z from 'zod'"),
            loader: 'ts',
          },
    );
  },
};

export type BuildOptions = {
  /** Where functions/ and the assets are. */
  root?: string;
  /** Where dist/ is written. */
  out?: string;
};

/** `functions/intake/claim-upload.handler.ts` is the entry `intake/claim-upload`. */
export const entriesOf = (root: string): string[] =>
  globSync(`functions/*/*${HANDLER}`, { cwd: root })
    .map((path) => path.split(sep).slice(1).join('/').slice(0, -HANDLER.length))
    .sort();

const outputName = (entry: string) => `${entry.replace('/', '.')}.mjs`;

/** Every output file that `output` imports, itself first. `lazy` follows `import()` too. */
export const closureOf = (metafile: Metafile, output: string, lazy: boolean): string[] => {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const imported of metafile.outputs[path]?.imports ?? []) {
      if (imported.external !== true && (lazy || imported.kind !== 'dynamic-import')) visit(imported.path);
    }
  };
  visit(output);
  return [...seen];
};

/** The output file of an entry in the metafile. */
export const outputOf = (metafile: Metafile, entry: string): string => {
  const source = `functions/${entry}${HANDLER}`;
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === source);
  if (found === undefined) throw new Error(`${source} is not in the build`);
  return found[0];
};

const filesBelow = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesBelow(join(path, name)))
    : [path];

const assetsOf = (root: string, entry: string): Map<string, Uint8Array> => {
  const declared = (assets[entry] ?? []).map((asset) => join(root, asset));
  const missing = declared.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`${entry} needs ${missing}, which is not there`);
  return new Map(
    declared.flatMap((path) => filesBelow(path).map((file) => [relative(dirname(path), file), readFileSync(file)])),
  );
};

/** Writes only what changed and deletes what is left over, so that a synthesis that runs meanwhile reads whole files. */
const settle = (folder: string, files: ReadonlyMap<string, Uint8Array>): void => {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  for (const path of filesBelow(folder)) if (!files.has(relative(folder, path))) rmSync(path);
};

/**
 * Bundles every handler in one esbuild call and gives each a folder of its own, `dist/<capability>/<verb-noun>/`: a
 * Lambda asset cannot reach outside it. The same sources give the same bytes, so an asset changes with its code only.
 */
export const buildHandlers = async ({
  root = repository,
  out = join(root, 'dist'),
}: BuildOptions = {}): Promise<Metafile> => {
  const entries = entriesOf(root);
  const { metafile, outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({ in: `functions/${entry}${HANDLER}`, out: entry.replace('/', '.') })),
    outdir: 'dist',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // esbuild prefers CommonJS on this platform; the SDK's is half as big again and twice as slow to import.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    banner: { js: banner },
    plugins: [shakeZod],
    logLevel: 'warning',
  });
  const contents = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  for (const entry of entries) {
    const closure = closureOf(metafile, outputOf(metafile, entry), true).map((path) => basename(path));
    const code = closure.map((name): [string, Uint8Array] => [
      name === outputName(entry) ? 'index.mjs' : name,
      contents.get(name) ?? new Uint8Array(),
    ]);
    settle(join(out, entry), new Map([...code, ...assetsOf(root, entry)]));
  }
  removeUnknown(out, entries);
  writeFileSync(join(out, 'meta.json'), JSON.stringify(metafile));
  return metafile;
};

/** A handler that was renamed or deleted leaves no folder behind. */
const removeUnknown = (out: string, entries: readonly string[]): void => {
  mkdirSync(out, { recursive: true });
  for (const folder of globSync('*/*', { cwd: out })) {
    if (!entries.includes(folder.split(sep).join('/'))) rmSync(join(out, folder), { recursive: true });
  }
};

if (import.meta.main) {
  const began = performance.now();
  await buildHandlers();
  const count = entriesOf(repository).length;
  console.error(`Built ${count} handlers in ${((performance.now() - began) / 1000).toFixed(2)} s.`);
}
