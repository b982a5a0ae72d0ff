// Runs a script of this repository with the right Node and its packages in place, from a fresh clone on.
// Depends on nothing but Node itself: it is what installs the rest.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.clearance-installed');

/** Whether somebody ran npm by hand since the lock file was last written. */
function installedByHand() {
  const own = join(modules, '.package-lock.json');
  return existsSync(own) && statSync(own).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** Installs once per lock file: a stamp in node_modules names the lock that it was made from. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) ? readFileSync(stamp, 'utf8') === lock : installedByHand()) return;
  const began = Date.now();
  console.error('Installing the pinned packages with npm ci, once for this package-lock.json …');
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('npm ci failed: the message above says why. Nothing was started.');
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, lock);
  console.error(`Packages installed in ${((Date.now() - began) / 1000).toFixed(0)} s.`);
}

/** The Node 24 that npm installed, or the one running if the registry has none for this platform. */
function node() {
  const own = join(modules, '.bin', 'node');
  if (existsSync(own)) return own;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  console.error(
    `Clearance needs Node 24 and npm has none for ${process.platform}-${process.arch}; install it by hand.`,
  );
  process.exit(1);
}

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error('Usage: node scripts/run.mjs SCRIPT [ARGUMENT …]');
  process.exit(2);
}
install();
const child = spawn(node(), [join(root, script), ...args], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}` },
});
// The terminal sends Ctrl-C to the whole group; the child cleans up and its exit code is ours.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
