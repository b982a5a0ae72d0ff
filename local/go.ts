import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root, workshop } from './paths.ts';
import { runCommand } from './run-command.ts';

/** Where Go's own installer puts it, which is not on everybody's path. */
const CANDIDATES = ['go', '/usr/local/go/bin/go'];

const findGo = (): string | undefined =>
  CANDIDATES.find((name) => spawnSync(name, ['version'], { stdio: 'ignore' }).status === 0);

/** Where the command of a Go module, named with its version, stands once it is built: below `.local/`. */
const binaryOf = (module: string): string => {
  const [path = '', version = ''] = module.split('@');
  return join(workshop, 'go-tools', `${basename(path)}-${version}`, basename(path));
};

/** The command of a Go module, if it was built. */
export const goTool = (module: string): string | undefined =>
  existsSync(binaryOf(module)) ? binaryOf(module) : undefined;

/**
 * Builds the command of a Go module once; where there is no Go, that is said. Its modules are checked against Go's checksum
 * database, as Go does.
 */
export const buildGoTool = async (module: string, tell: (line: string) => void): Promise<void> => {
  const home = dirname(binaryOf(module));
  if (goTool(module) !== undefined) return;
  const go = findGo();
  if (go === undefined) {
    tell(`There is no Go here to build ${module} with: what it checks is not checked.`);
    return;
  }
  tell(`Building ${module} into .local/go-tools, once; this takes some minutes …`);
  // Built aside and renamed, so that two starts at the same time, or a broken one, never leave half a tool.
  const draft = `${home}.${process.pid}`;
  mkdirSync(dirname(home), { recursive: true });
  try {
    const env = { ...process.env, GOBIN: draft, GOFLAGS: '-trimpath' };
    await runCommand(go, ['install', module], { cwd: root, env, what: `Building ${basename(home)}` });
    if (!existsSync(home)) renameSync(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};
