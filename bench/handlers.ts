import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import type { EnvContract } from '../core/kernel/contract.ts';
import { root } from '../local/paths.ts';
import { buildHandlers } from '../scripts/build.ts';
import { filesOf } from '../scripts/bundle-handler.ts';
import type { Benchmark, Cell } from './report.ts';
import { median, times } from './sample.ts';

const ROUNDS = 11;
const BUDGET = { wholeKB: 165, eagerKB: 40, importMs: 25 };
/** The policy engine is a WebAssembly module of its own size. */
const EXCEPTION = 'policy/decide-registration';
const EMPTY = 'an empty module';

/** A process that times one import and says how long it took; what Lambda's INIT phase does with our code. */
const IMPORT = `
const began = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - began) + '\\n');
process.exit();`;

const importMs = (file: string, env: Readonly<Record<string, string>>): number => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', IMPORT, pathToFileURL(file).href], {
    env: { ...env, PATH: process.env.PATH ?? '' },
    encoding: 'utf8',
  });
  return Number(printed.trim().split('\n').at(-1));
};

type Capability = Partial<Record<'tasks' | 'reactors', Record<string, { env: EnvContract }>>>;

/** The first of these that a variable's schema takes; what a handler does with it comes after its import. */
const SOME_VALUES = ['anything', '1', '{}'];

/** Every variable of every contract: a handler reads its own of them while it is imported. */
const handlerEnv = async (): Promise<Record<string, string>> => {
  const env: Record<string, string> = { AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'bench' };
  for (const path of globSync('core/*/contract.ts', { cwd: root })) {
    const capabilities = Object.values(await import(pathToFileURL(join(root, path)).href)) as Capability[];
    const contracts = capabilities.flatMap((each) => [
      ...Object.values(each?.tasks ?? {}),
      ...Object.values(each?.reactors ?? {}),
    ]);
    for (const [name, schema] of contracts.flatMap((contract) => Object.entries(contract.env.shape))) {
      const value = SOME_VALUES.find((candidate) => schema.safeParse(candidate).success);
      if (value !== undefined) env[name] = value;
    }
  }
  return env;
};

const gzippedKB = (folder: string, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0) / 1000;

type Handler = { entry: string; file: string; eagerKB: number; wholeKB: number };

const weighed = (entry: string, metafile: Metafile): Handler => {
  const folder = join(root, 'dist', entry);
  return {
    entry,
    file: join(folder, 'index.mjs'),
    eagerKB: gzippedKB(folder, filesOf(metafile, { lazily: false })),
    wholeKB: gzippedKB(folder, filesOf(metafile, { lazily: true })),
  };
};

/** Median milliseconds by file. One process each a round, so that the machine's noise meets all of them alike. */
const importTimes = async (files: readonly string[], tell: (line: string) => void): Promise<Map<string, number[]>> => {
  const env = await handlerEnv();
  const taken = new Map<string, number[]>(files.map((file) => [file, []]));
  for (const round of times(ROUNDS)) {
    tell(`round ${round + 1} of ${ROUNDS}`);
    for (const file of files) taken.get(file)?.push(importMs(file, env));
  }
  return taken;
};

export const handlers: Benchmark = async (tell) => {
  const built = Object.entries(await buildHandlers()).map(([entry, { metafile }]) => weighed(entry, metafile));
  const folder = mkdtempSync(join(tmpdir(), 'clearance-bench-'));
  const empty = join(folder, 'empty.mjs');
  try {
    writeFileSync(empty, '');
    const taken = await importTimes([empty, ...built.map(({ file }) => file)], tell);
    const floor = median(taken.get(empty) ?? []);
    const row = ({ entry, file, eagerKB, wholeKB }: Handler): Cell[] => {
      const ms = taken.get(file) ?? [];
      const typical = median(ms);
      return [entry, eagerKB, wholeKB, typical, Math.min(...ms), typical - floor, typical / floor];
    };
    return {
      tables: [
        {
          title:
            `Each handler's own folder: size gzipped, and import in a fresh process (median of ${ROUNDS}); ` +
            `budget ${BUDGET.eagerKB} and ${BUDGET.wholeKB} KB, ${BUDGET.importMs} ms`,
          columns: ['handler', 'eager KB', 'whole KB', 'import ms', 'best ms', 'over empty ms', 'times empty'],
          rows: [[EMPTY, 0, 0, floor, Math.min(...(taken.get(empty) ?? [])), 0, 1], ...built.map(row)],
        },
      ],
      notes: [
        'Eager is what import loads; whole adds what the first call may load: the SDK client, mostly.',
        `${EXCEPTION} also reads the policy engine's WebAssembly module, which is not in these sizes: the named exception.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
