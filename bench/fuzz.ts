import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { workshop } from '../local/paths.ts';
import type { Campaign, Failure, Outcome } from './fuzz/campaign.ts';
import { MOST_BYTES, MOST_MS } from './fuzz/invariant.ts';
import { PARSERS } from './fuzz/parsers.ts';
import type { WorkerData } from './fuzz/worker.ts';
import type { Benchmark, Cell } from './report.ts';
import { MiB } from './sample.ts';

const SECONDS = 20;
const STUCK_MS = 20_000;
const HEAP_MIB = 1024;

const NOTHING: Outcome = {
  runs: 0,
  seconds: 0,
  seeds: 0,
  corpus: 0,
  covered: 0,
  coveredBySeeds: 0,
  slowestMs: 0,
  largestBytes: 0,
  failures: [],
};

/** Fuzzes in a thread of its own: an input that never comes back, or takes all memory, ends that thread and is kept. */
const inThread = (wanted: Campaign): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const lengths = new SharedArrayBuffer(8);
    const bytes = new SharedArrayBuffer(4 * MiB);
    const state = new Int32Array(lengths);
    const workerData: WorkerData = { wanted, lengths, bytes };
    const worker = new Worker(new URL('./fuzz/worker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    const underway = (broken: string): Outcome => {
      const input = Buffer.from(new Uint8Array(bytes, 0, Atomics.load(state, 0)));
      return { ...NOTHING, failures: [{ broken, base64: input.toString('base64') }] };
    };
    let last = -1;
    const watch = setInterval(() => {
      const count = Atomics.load(state, 1);
      if (count !== last) last = count;
      else void worker.terminate().then(() => end(underway(`no answer for ${STUCK_MS / 1000} s`)));
    }, STUCK_MS);
    const end = (outcome: Outcome): void => {
      clearInterval(watch);
      resolve(outcome);
    };
    worker.on('message', end);
    worker.on('error', (cause) => {
      if ('code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY')
        return end(underway(`more than ${HEAP_MIB} MiB`));
      clearInterval(watch);
      reject(cause);
    });
  });

const keep = (parser: string, { broken, base64 }: Failure): string => {
  const bytes = Buffer.from(base64, 'base64');
  const folder = join(workshop, 'fuzz', parser);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, createHash('sha256').update(bytes).digest('hex').slice(0, 16));
  writeFileSync(path, bytes);
  return `BROKEN ${parser}: ${broken.split('\n').slice(0, 3).join(' | ')}; kept in ${path}`;
};

const row = (parser: string, outcome: Outcome): Cell[] => [
  parser,
  outcome.runs,
  outcome.runs / outcome.seconds,
  `${outcome.seeds} → ${outcome.corpus}`,
  outcome.covered,
  outcome.covered - outcome.coveredBySeeds,
  outcome.slowestMs,
  outcome.largestBytes / MiB,
  outcome.failures.length,
];

/** Every reader of the scanner against inputs that know its format; whatever they are, the answer is a typed one. */
export const fuzz: Benchmark = async (tell, { seconds = SECONDS, only = [], seed = 1 }) => {
  const unknown = only.find((name) => !Object.hasOwn(PARSERS, name));
  if (unknown !== undefined)
    throw new TypeError(`There is no parser named ${unknown}: ${Object.keys(PARSERS).join(', ')}.`);
  const rows: Cell[][] = [];
  const notes: string[] = [];
  for (const parser of only.length > 0 ? only : Object.keys(PARSERS)) {
    tell(`${parser}, ${seconds} s`);
    const outcome = await inThread({ parser, seconds, seed });
    rows.push(row(parser, outcome));
    notes.push(...outcome.failures.map((failure) => keep(parser, failure)));
  }
  return {
    tables: [
      {
        title: `Fuzzing, ${seconds} s for each reader, seed ${seed}`,
        columns: ['reader', 'inputs', 'inputs/s', 'corpus', 'source ran', 'new', 'slowest ms', 'largest MiB', 'broken'],
        rows,
      },
    ],
    notes: [
      `An answer is a verdict with known rules and never an exception, within ${MOST_MS} ms and ${MOST_BYTES / MiB} MiB for up to 1 MiB.`,
      'source ran: characters of core/scanning that ran, as V8 counts; new: of them, those that no seed reached.',
      'largest: by how much the peak of the whole process rose during one input.',
      ...notes,
    ],
  };
};
