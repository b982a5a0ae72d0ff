import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { root } from '../local/paths.ts';
import { buildHandlers } from '../scripts/build.ts';
import { filesOf } from '../scripts/bundle-handler.ts';
import { type ImportTime, importTimes } from './import-times.ts';
import type { Benchmark, Cell, Table } from './report.ts';

const ROUNDS = 11;
const KiB = 1024;
const BUDGET = { wholeKiB: 165, eagerKiB: 40, importMs: 25 };
/** The policy engine is a WebAssembly module of its own size, which is compiled during import. */
const EXCEPTION = 'policy/decide-registration';

/** What handlers are made of, each part alone, to show what costs what. */
const PARTS: Readonly<Record<string, string>> = {
  'an empty module': '',
  'node:crypto': "import { createHash } from 'node:crypto'; globalThis.kept = createHash;",
  'an open console': 'globalThis.kept = [process.stdout, process.stderr];',
  '@middy/core': "import middy from '@middy/core'; globalThis.kept = middy();",
  'zod, one schema': "import * as z from 'zod'; globalThis.kept = z.object({ id: z.string() });",
  'powertools logger, with its console':
    "import { Logger } from '@aws-lambda-powertools/logger'; globalThis.kept = new Logger();",
};

/** Minified as handlers are. */
const buildPart = async (folder: string, [name, contents]: readonly [string, string]): Promise<[string, string]> => {
  const outfile = join(folder, `${name.replaceAll(/\W+/g, '-')}.mjs`);
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
  });
  return [name, outfile];
};

const gzippedKiB = (folder: string, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0) / KiB;

type Handler = { entry: string; file: string; eagerKiB: number; wholeKiB: number };

const weighed = (dist: string, entry: string, metafile: Metafile): Handler => {
  const folder = join(dist, entry);
  return {
    entry,
    file: join(folder, 'index.mjs'),
    eagerKiB: gzippedKiB(folder, filesOf(metafile, { lazily: false })),
    wholeKiB: gzippedKiB(folder, filesOf(metafile, { lazily: true })),
  };
};

const timeCells = (time: ImportTime | undefined, empty: number): Cell[] => {
  const { medianMs, bestMs, cpuMs } = time ?? { medianMs: Number.NaN, bestMs: Number.NaN, cpuMs: Number.NaN };
  return [medianMs, bestMs, cpuMs, medianMs - empty, medianMs / empty];
};

const TIMES = ['import ms', 'best ms', 'CPU ms', 'over empty ms', 'times empty'];

type Built = { handlers: readonly Handler[]; parts: readonly (readonly [string, string])[] };

const tablesOf = ({ handlers, parts }: Built, taken: ReadonlyMap<string, ImportTime>): Table[] => {
  const empty = taken.get(parts[0]?.[1] ?? '')?.medianMs ?? Number.NaN;
  const budget = `${BUDGET.eagerKiB} and ${BUDGET.wholeKiB} KiB, ${BUDGET.importMs} ms`;
  return [
    {
      title: `Each handler's own folder: JavaScript gzipped, and import in a fresh process (median of ${ROUNDS}); budget ${budget}`,
      columns: ['handler', 'eager KiB', 'whole KiB', ...TIMES],
      rows: handlers.map(({ entry, file, eagerKiB, wholeKiB }) => [
        entry,
        eagerKiB,
        wholeKiB,
        ...timeCells(taken.get(file), empty),
      ]),
    },
    {
      title: 'What they are made of, each part alone',
      columns: ['part', ...TIMES],
      rows: parts.map(([name, file]) => [name, ...timeCells(taken.get(file), empty)]),
    },
  ];
};

export const handlers: Benchmark = async (tell) => {
  const folder = mkdtempSync(join(tmpdir(), 'clearance-bench-'));
  try {
    const dist = join(folder, 'dist');
    const weights = Object.entries(await buildHandlers({ out: dist }));
    const built = {
      handlers: weights.map(([entry, { metafile }]) => weighed(dist, entry, metafile)),
      parts: await Promise.all(Object.entries(PARTS).map((part) => buildPart(folder, part))),
    };
    const files = [...built.parts.map(([, file]) => file), ...built.handlers.map(({ file }) => file)];
    return {
      tables: tablesOf(built, await importTimes(files, ROUNDS, tell)),
      notes: [
        'Eager is what import loads; whole adds what the first call may load: the SDK client, mostly.',
        'CPU is processor time of all threads of the process; where it is less than the import, others had the machine.',
        `${EXCEPTION} is the named exception: on top of its size comes the policy engine's WebAssembly, compiled during import.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
