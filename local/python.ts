import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { digestOf, root, workshop } from './paths.ts';
import { LocalAwsUnavailable } from './problem.ts';
import { runCommand } from './run-command.ts';

const CANDIDATES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const PROBE = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
const PROBE_EXACT = "import sys, venv, ensurepip; sys.exit(0 if '%d.%d' % sys.version_info[:2] == ";

const pythonIn = (folder: string): string => join(folder, 'bin', 'python');

const findPython = (version: string | undefined): string => {
  const probe = version === undefined ? PROBE : `${PROBE_EXACT}'${version}' else 1)`;
  const candidates = version === undefined ? CANDIDATES : [`python${version}`, ...CANDIDATES];
  const found = candidates.find((name) => spawnSync(name, ['-c', probe], { stdio: 'ignore' }).status === 0);
  if (found === undefined) {
    throw new LocalAwsUnavailable(
      `Python ${version ?? '3.10 or newer'} with the venv module (python3-venv on Debian) is needed; none was found.`,
    );
  }
  return found;
};

type Environment = {
  /** The folder below `.local/`. */
  name: string;
  /** A requirements file that pins everything, the dependencies of dependencies included. */
  requirements: string;
  /** What is being installed, for the person who waits. */
  what: string;
  /** Where the pins are for one version of Python, such as 3.11. */
  version?: string;
};

/** The interpreter of a virtual environment below `.local/`, made once for each content of its requirements file. */
export const ensureVenv = async (
  { name, requirements, what, version }: Environment,
  tell: (line: string) => void,
): Promise<string> => {
  const venv = join(workshop, name);
  const digest = digestOf([requirements]);
  const stamp = join(venv, 'requirements.digest');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return pythonIn(venv);

  const python = findPython(version);
  tell(`Installing ${what} into .local/${name}, once for this ${basename(requirements)} …`);
  // Built aside and renamed, so that two starts at the same time, or a broken one, never leave half an environment.
  const draft = `${venv}.${process.pid}`;
  mkdirSync(workshop, { recursive: true });
  rmSync(draft, { recursive: true, force: true });
  try {
    await runCommand(python, ['-m', 'venv', draft], { cwd: root, what: 'Creating the Python environment' });
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check', '-r', requirements];
    await runCommand(pythonIn(draft), pip, { cwd: root, what: `Installing ${what} with pip` });
    writeFileSync(join(draft, 'requirements.digest'), digest);
    rmSync(venv, { recursive: true, force: true });
    renameSync(draft, venv);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return pythonIn(venv);
};

/** The interpreter that runs the emulator. */
export const ensurePython = (tell: (line: string) => void): Promise<string> =>
  ensureVenv(
    { name: 'venv', requirements: join(root, 'local', 'emulator', 'requirements.txt'), what: 'the emulator' },
    tell,
  );
