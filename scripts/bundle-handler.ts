import { readFileSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };

export const HANDLER = '.handler.ts';

/** `intake/claim-upload` is functions/intake/claim-upload.handler.ts. */
export const sourceOf = (entry: string): string => `functions/${entry}${HANDLER}`;

/** A module of a package, in whatever folder the package was installed. */
const moduleOf = (name: string) => new RegExp(`node_modules/${name}`.replaceAll('/', '[\\\\/]'));

const exportsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name = '']) => name);

/**
 * Making a schema does nothing else, which the bundler cannot know: without the mark a handler keeps, and builds at its
 * start, all schemas and tasks of each contract that one of its modules imports, asked for or not.
 */
const MAKES_SCHEMA =
  /(?<=[\s([{,])(?=(?:z(?:\s*\.\w+)+|define[A-Z]\w+|jsonEnv|[A-Z]\w+\.(?:optional|nullable|extend|pick|omit|default|prefault|describe))\()/g;
const droppable = (source: string): string => source.replaceAll(MAKES_SCHEMA, '/* @__PURE__ */ ');

/**
 * `import { z } from 'zod'` keeps all of zod: 64 KB gzipped, its translations into fifty languages included. The same
 * namespace under `import * as z` is shaken down to what is used. Every schema also brings its way to JSON Schema, of
 * which a handler has no need; a call of z.toJSONSchema there would fail at its first test.
 */
export const shakeZod: Plugin = {
  name: 'shake-zod',
  setup(build) {
    build.onLoad({ filter: /[\\/](?:core|functions)[\\/][^\\/]+[\\/].*\.ts$/ }, ({ path }) =>
      path.includes(`${sep}node_modules${sep}`)
        ? undefined
        : {
            contents: droppable(
              readFileSync(path, 'utf8').replace("import { z } from 'zod'", "import * as z from 'zod'"),
            ),
            loader: 'ts',
          },
    );
    build.onLoad({ filter: moduleOf('zod/v4/core/(json-schema-processors|to-json-schema)\\.js$') }, ({ path }) => ({
      contents: exportsOf(path)
        .map((name) => `export const ${name} = () => undefined;`)
        .join('\n'),
    }));
  },
};

/**
 * Lambda hands a function its credentials in the environment. The SDK's default chain also knows profiles, SSO, web
 * identity and instance metadata: a third of a handler's code, none of which can apply there.
 */
const lambdaCredentials: Plugin = {
  name: 'lambda-credentials',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, async ({ resolveDir, kind }) => {
      const from = await build.resolve('@aws-sdk/credential-provider-env', { resolveDir, kind });
      return from.errors.length > 0 ? from : { path: from.path, namespace: 'lambda-credentials' };
    });
    build.onLoad({ filter: /.*/, namespace: 'lambda-credentials' }, ({ path }) => ({
      contents: `export { fromEnv as defaultProvider } from ${JSON.stringify(path)};`,
      resolveDir: dirname(path),
    }));
  },
};

/** Bundled CommonJS asks for `require` and `__dirname`; the long name keeps clear of what the minifier hands out. */
const banner = [
  "import{createRequire as clearanceCreateRequire}from'node:module';",
  'const require=clearanceCreateRequire(import.meta.url),__dirname=import.meta.dirname;',
].join('');

/**
 * The output files that a handler loads, the first before it is called; `lazily` adds those that `import()` may ask for.
 * Not every output file is among them: esbuild also writes the target of an `import()` in code that it dropped.
 */
export const filesOf = ({ outputs }: Metafile, { lazily }: { lazily: boolean }): string[] => {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { kind, external, path: imported } of outputs[path]?.imports ?? [])
      if (external !== true && (lazily || kind !== 'dynamic-import')) visit(imported);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (entryPoint?.endsWith(HANDLER)) visit(path);
  return [...seen].map((path) => basename(path));
};

export type Bundle = { metafile: Metafile; files: Map<string, Uint8Array> };

/** One handler with all it imports: index.mjs, and a chunk for what only `import()` asks for. */
export const bundleHandler = async (root: string, entry: string): Promise<Bundle> => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: sourceOf(entry), out: 'index' }],
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
    define: {
      'process.env.CLEARANCE_ENTRY': JSON.stringify(entry),
      'process.env.CLEARANCE_VERSION': JSON.stringify(packageJson.version),
    },
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    banner: { js: banner },
    plugins: [shakeZod, lambdaCredentials],
    logLevel: 'warning',
  });
  const written = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const needed = filesOf(metafile, { lazily: true });
  return { metafile, files: new Map(needed.map((name) => [name, written.get(name) ?? new Uint8Array()])) };
};
