import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root, workshop } from './paths.ts';
import { runCommand } from './run-command.ts';

/** Where Go's own installer puts it, which is not on everybody's path. */
const CANDIDATES = ['go', '/usr/local/go/bin/go'];

const findGo = (): string | undefined =>
  CANDIDATES.find((name) => spawnSync(name, ['version'], { stdio: 'ignore' }).status === 0);

/**
 * A command from the Go module that is named with its version, built once below `.local/`; undefined, and said, where there
 * is no Go. Its modules are checked against Go's checksum database, as Go does.
 */
export const ensureGoTool = async (module: string, tell: (line: string) => void): Promise<string | undefined> => {
  const [path = '', version = ''] = module.split('@');
  const home = join(workshop, 'go-tools', `${basename(path)}-${version}`);
  const binary = join(home, basename(path));
  if (existsSync(binary)) return binary;
  const go = findGo();
  if (go === undefined) {
    tell(`NOT CHECKED with ${basename(path)}: there is no Go to build it with (go install ${module}).`);
    return undefined;
  }
  tell(`Building ${module} into .local/go-tools, once; this takes some minutes …`);
  // Built aside and renamed, so that two starts at the same time, or a broken one, never leave half a tool.
  const draft = `${home}.${process.pid}`;
  mkdirSync(dirname(home), { recursive: true });
  try {
    const env = { ...process.env, GOBIN: draft, GOFLAGS: '-trimpath' };
    await runCommand(go, ['install', module], { cwd: root, env, what: `Building ${basename(path)}` });
    if (!existsSync(home)) renameSync(draft, home);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return binary;
};
