#!/usr/bin/env node
// The command, from a fresh clone on: it runs under whichever Node calls it, and hands over to Node 24 with the pinned
// packages. Depends on nothing but Node itself.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const own = join(root, 'node_modules', '.bin', 'node');
const isInstalled = existsSync(join(root, 'node_modules', '.package-lock.json'));
const runsTypeScript = Number(process.versions.node.split('.')[0]) >= 24;
// What Node compiles is kept beside the packages: in the folder for everybody's temporary files, somebody else could put
// code of his own in its place.
const compiled = join(root, 'node_modules', '.cache', 'clearance');

if (isInstalled && runsTypeScript) {
  module.enableCompileCache?.(compiled);
  await import('./main.ts');
} else if (isInstalled && existsSync(own)) {
  const child = spawn(own, [join(root, 'cli', 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  // The child cleans up and its exit code is ours.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 130));
} else {
  process.argv.splice(2, 0, 'cli/main.ts');
  await import('../scripts/run.mjs');
}
