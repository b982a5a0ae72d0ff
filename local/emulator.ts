import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root, searchPath, workshop } from './paths.ts';
import { freePort, requireFree } from './ports.ts';
import { LocalAwsUnavailable } from './problem.ts';
import { isAlive, killGroup } from './processes.ts';
import { restoreSnapshot, type Snapshotable } from './snapshot.ts';

export type Emulator = Snapshotable & {
  endpoint: string;
  env: Record<string, string>;
  pid: number;
  stop(): Promise<void>;
};

export type EmulatorOptions = {
  python: string;
  iam: boolean;
  port?: number | undefined;
  /** A snapshot's folder to start from. */
  from?: string | undefined;
  /** Names of repairs to leave out, or `all`: how the probes show that each repair is needed. */
  without?: string | undefined;
};

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const START_LIMIT_MS = 30_000;
const runs = join(workshop, 'run');

/** The whole environment of an AWS client that should meet the emulator and nothing else. */
const clientEnv = (endpoint: string): Record<string, string> => {
  const noProxy = ['127.0.0.1', 'localhost', process.env.NO_PROXY ?? ''].filter(Boolean).join(',');
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: '',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: noProxy,
    no_proxy: noProxy,
  };
};

/** The same for a client of the AWS SDK for JavaScript that is made in this process. */
export const clientOptions = ({ endpoint, env }: { endpoint: string; env: Record<string, string> }) => ({
  endpoint,
  region: env.AWS_REGION ?? REGION,
  credentials: {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    ...(env.AWS_SESSION_TOKEN !== undefined && { sessionToken: env.AWS_SESSION_TOKEN }),
  },
});

/** The emulator clears its environment of everything else, since its Lambda workers inherit it. */
const emulatorEnv = (
  folder: string,
  port: number,
  options: EmulatorOptions,
  token: string,
): Record<string, string> => ({
  PATH: searchPath,
  HOME: folder,
  TMPDIR: join(folder, 'tmp'),
  STATE_DIR: join(folder, 'state'),
  S3_DATA_DIR: join(folder, 's3'),
  GATEWAY_PORT: String(port),
  CLEARANCE_RUN_TOKEN: token,
  CLEARANCE_WITHOUT_PATCH: options.without ?? '',
  ...(options.iam ? { AUTH: 'true' } : {}),
});

/** A run that was killed before it could clean up leaves its folder; the owner's process id is in the name. */
const newRunFolder = (): string => {
  mkdirSync(runs, { recursive: true });
  for (const name of readdirSync(runs)) {
    if (!isAlive(Number.parseInt(name, 10))) rmSync(join(runs, name), { recursive: true, force: true });
  }
  const folder = join(runs, `${process.pid}-${randomUUID().slice(0, 8)}`);
  for (const part of ['tmp', 'state', 's3']) mkdirSync(join(folder, part), { recursive: true });
  // Without it a package.json further up would decide whether a handler is an ES module.
  writeFileSync(join(folder, 'tmp', 'package.json'), '{}');
  return folder;
};

/** Nothing in it is worth a farewell, and a graceful end can hang: the whole group goes at once, and its folder. */
const stopper = (child: ChildProcess, folder: string): (() => Promise<void>) => {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = (): void => {
    // Lambda workers are in its group: none outlives it.
    killGroup(child.pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on('exit', end);
  return async () => {
    child.ref();
    end();
    if (child.exitCode === null && child.signalCode === null) await gone;
    process.off('exit', end);
  };
};

/** Starts the emulator on the loopback interface; it ends with this process however this process ends. */
export const startEmulator = async (options: EmulatorOptions): Promise<Emulator> => {
  const port = options.port === undefined ? await freePort() : await requireFree(options.port);
  const folder = newRunFolder();
  if (options.from !== undefined) restoreSnapshot(options.from, folder, port);
  const token = randomUUID();
  const log = openSync(join(folder, 'emulator.log'), 'a');
  // The open pipe on stdin is its lifeline: when it closes, because we died, the emulator and its workers end.
  const child = spawn(options.python, ['-I', join(root, 'local', 'emulator', 'launch.py')], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', log, log],
    env: emulatorEnv(folder, port, options, token),
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pid = child.pid ?? 0;
  // Neither the process nor its lifeline keeps a finished program alive.
  child.unref();
  const stop = stopper(child, folder);
  const endpoint = `http://127.0.0.1:${port}`;
  const call = (path: string): Promise<Response> => fetch(`${endpoint}/_local/${path}`, { method: 'POST' });
  try {
    await untilReady({ child, folder, call, token });
  } catch (cause) {
    await stop();
    throw cause;
  }
  const writeState = async (): Promise<void> => {
    const answer = await call('write-state');
    if (!answer.ok) throw new LocalAwsUnavailable(`The emulator could not write its state: ${await answer.text()}`);
  };
  return { endpoint, env: clientEnv(endpoint), folder, port, pid, stop, writeState };
};

type Starting = { child: ChildProcess; folder: string; call: (path: string) => Promise<Response>; token: string };

/** Ready means: *our* process answers. Another emulator on the port would answer too, but not with our token. */
const untilReady = async ({ child, folder, call, token }: Starting): Promise<void> => {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const answer = await call('token').catch(() => undefined);
    if (answer?.ok && (await answer.text()) === token) return;
    await pause(20);
  }
  const log = readFileSync(join(folder, 'emulator.log'), 'utf8').slice(-3000);
  throw new LocalAwsUnavailable(`The emulator did not start:\n${log}`);
};
