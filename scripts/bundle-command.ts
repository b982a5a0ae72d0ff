import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { shakeZod } from './bundle-handler.ts';

const root = join(import.meta.dirname, '..');

/** Loads its WebAssembly from its own folder, so it is installed beside the command and not into it. */
export const CEDAR = '@cedar-policy/cedar-wasm';

/** Where it stands in what is made. */
export const COMMAND = 'cli/clearance.mjs';

/** What bundled CommonJS asks for. */
const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

const LAUNCHER = `#!/usr/bin/env node
import module from 'node:module';
import { dirname, join } from 'node:path';
// What Node compiles is kept beside the command: in the folder for everybody's temporary files, somebody else could put
// code of his own in its place. Where the folder cannot be written to, it starts more slowly.
module.enableCompileCache?.(join(import.meta.dirname, '.compiled'));
await import('./main.mjs');
`;

/**
 * Makes the command below `out` as JavaScript: a file for its start and one for each part that only some verbs load.
 * `scan` starts with 26 files instead of 157.
 */
export const bundleCommand = async (out: string): Promise<void> => {
  const folder = join(out, dirname(COMMAND));
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [{ in: 'cli/main.ts', out: 'main' }],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    external: [CEDAR],
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    banner: { js: banner },
    plugins: [shakeZod],
    logLevel: 'warning',
  });
  writeFileSync(join(out, COMMAND), LAUNCHER, { mode: 0o755 });
  cpSync(join(root, 'policies'), join(out, 'policies'), { recursive: true });
};
