import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, workshop } from '../../local/paths.ts';
import { ensureVenv } from '../../local/python.ts';
import { bundleCommand, COMMAND } from '../../scripts/bundle-command.ts';

const here = join(root, 'bench', 'scanners');
const drivers = join(here, 'drivers');

/** What a scanner says of one file. Of ours, what is refused as not understood has `failed`. */
export type Said = 'flagged' | 'suspicious' | 'failed' | 'not scanned' | 'clean';
export type Answer = { readonly path: string; readonly verdict: Said; readonly seconds: number; readonly read: number };

export type Contender = {
  readonly name: string;
  /** Scans files one after the other in one process: the program, and its arguments. */
  readonly driver: readonly string[];
  /** Its command for a file, and for a folder where it takes one. */
  readonly command: (path: string) => readonly string[];
  readonly takesFolders: boolean;
  /** Of more models than this it is asked about every so manieth: it takes about a second for each. */
  readonly modelsAtMost?: number;
};

const QUIET = {
  NO_ANALYTICS: '1',
  PROMPTFOO_DISABLE_TELEMETRY: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  NO_COLOR: '1',
};

/** The command as the package has it, which is what people install. */
const ours = async (): Promise<Contender> => {
  const installed = join(workshop, 'scanners', 'package');
  rmSync(installed, { recursive: true, force: true });
  await bundleCommand(installed);
  return {
    name: 'clearance',
    driver: [process.execPath, join(drivers, 'ours.ts')],
    command: (path) => [process.execPath, join(installed, COMMAND), 'scan', path],
    takesFolders: true,
  };
};

export const MODELS_AT_MOST = 200;

type Peer = {
  readonly pin: string;
  readonly also?: readonly { readonly name: string; readonly args: readonly string[] }[];
  readonly module: string;
  readonly args: (path: string) => readonly string[];
  readonly takesFolders?: false;
  readonly modelsAtMost?: number;
};

const PEERS: Readonly<Record<string, Peer>> = {
  picklescan: {
    pin: '1.0.5',
    also: [{ name: 'picklescan --strict', args: ['--strict'] }],
    module: 'picklescan',
    args: (path) => ['-p', path],
  },
  modelscan: { pin: '0.8.8', module: 'modelscan.cli', args: (path) => ['-p', path] },
  fickling: { pin: '0.1.12', module: 'fickling', args: (path) => ['--check-safety', path], takesFolders: false },
  modelaudit: {
    pin: '0.2.54',
    module: 'modelaudit',
    args: (path) => ['scan', '--no-cache', path],
    modelsAtMost: MODELS_AT_MOST,
  },
};

export const pins = (): string[] => Object.entries(PEERS).map(([name, { pin }]) => `${name} ${pin}`);

/** Installs one scanner, and gives it once for each way of using it. */
export const peer = async (name: string, tell: (line: string) => void): Promise<Contender[]> => {
  const found = PEERS[name];
  if (found === undefined) throw new RangeError(`no scanner ${name}`);
  const { module, args, also = [], takesFolders = true, modelsAtMost } = found;
  const requirements = join(here, 'requirements', `${name}.txt`);
  const python = await ensureVenv({ name: `scanner-${name}`, requirements, what: name, version: '3.11' }, tell);
  const driver = join(drivers, `${name}_driver.py`);
  return [{ name, args: [] as readonly string[] }, ...also].map((way) => ({
    name: way.name,
    driver: [python, driver, ...way.args],
    command: (path: string) => [python, '-m', module, ...args(path), ...way.args],
    takesFolders,
    ...(modelsAtMost !== undefined && { modelsAtMost }),
  }));
};

export const PEER_NAMES = Object.keys(PEERS);
export const contender = ours;

/** Every answer of one scanner, in the order of the paths. A process that dies has failed on the rest. */
export const ask = async ({ driver }: Contender, paths: readonly string[]): Promise<Answer[]> => {
  const [program = '', ...args] = driver;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...QUIET } });
  const end = (): void => void child.kill();
  process.on('exit', end);
  child.stdin.on('error', () => {});
  child.stdin.end(paths.map((path) => `${path}\n`).join(''));
  const answers: Answer[] = [];
  for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line));
  process.off('exit', end);
  const unanswered = paths.slice(answers.length);
  return [...answers, ...unanswered.map((path) => ({ path, verdict: 'failed' as const, seconds: 0, read: 0 }))];
};

export type Run = {
  readonly seconds: number;
  readonly cpu: number;
  readonly peakBytes: number;
  readonly exit: number;
};

const measurer = join(drivers, 'measure.py');

/** One run of a command in a fresh process, timed and weighed by the kernel. */
export const runOnce = async (python: string, command: readonly string[]): Promise<Run> => {
  const child = spawn(python, [measurer, ...command], {
    // One of them leaves what it found in the folder that it runs in.
    cwd: join(workshop, 'scanners'),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...QUIET },
  });
  let printed = '';
  for await (const chunk of child.stdout) printed += chunk;
  return JSON.parse(printed);
};

export const measuringPython = (): string => join(workshop, 'scanner-picklescan', 'bin', 'python');
