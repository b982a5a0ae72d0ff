import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bufferSource } from '../core/scanning/byte-source.ts';
import { scanFile } from '../core/scanning/scan-file.ts';
import { root } from '../local/paths.ts';
import type { Benchmark, Cell, Table } from './report.ts';
import { MB, MiB, median, secondsEach, times } from './sample.ts';
import { arrayPickle, densePickle, safetensors } from './synthetic-models.ts';

const ROUNDS = 7;
/** After it the code is compiled; a first scan in a cold process takes several times as long. */
const WARM_UP_MS = 150;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What a walk over opcodes cannot be faster than in JavaScript: look at each byte once and decide something by it. */
const byteWalk = (bytes: Uint8Array): number => {
  const counts = new Uint32Array(256);
  // By index: an iterator would cost more than the look-up, and make the limit look near.
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    counts[byte] = (counts[byte] as number) + 1;
  }
  return counts[0x2e] ?? 0;
};

type Speeds = { ours: number; hashed: number; walked: number; ofHash: number; ofWalk: number };

const speedsOf = async (bytes: Uint8Array, scan: () => unknown): Promise<Speeds> => {
  const rounds: Speeds[] = [];
  for (const work of [scan, () => sha256(bytes), () => byteWalk(bytes)]) await secondsEach(work, WARM_UP_MS);
  for (const _ of times(ROUNDS)) {
    const [ours = 0, hashed = 0, walked = 0] = [
      bytes.length / (await secondsEach(scan)),
      bytes.length / (await secondsEach(() => sha256(bytes))),
      bytes.length / (await secondsEach(() => byteWalk(bytes))),
    ];
    rounds.push({ ours, hashed, walked, ofHash: ours / hashed, ofWalk: ours / walked });
  }
  const middle = (name: keyof Speeds): number => median(rounds.map((round) => round[name]));
  return {
    ours: middle('ours'),
    hashed: middle('hashed'),
    walked: middle('walked'),
    ofHash: middle('ofHash'),
    ofWalk: middle('ofWalk'),
  };
};

const row = async (name: string, bytes: Uint8Array, expected: 'clean' | undefined): Promise<Cell[]> => {
  const path = basename(name);
  const { format, verdict, bytesRead, findings } = await scanFile(path, bufferSource(bytes));
  if (expected !== undefined && verdict !== expected)
    throw new Error(`${name} is ${verdict}, so what was timed is not a whole scan: ${JSON.stringify(findings[0])}`);
  const { ours, hashed, walked, ofHash, ofWalk } = await speedsOf(bytes, () => scanFile(path, bufferSource(bytes)));
  return [
    name,
    format,
    bytes.length / 1000,
    bytesRead / 1000,
    (bytes.length / ours) * 1000,
    ours / MB,
    hashed / MB,
    ofHash,
    walked / MB,
    ofWalk,
  ];
};

const columns = [
  'file',
  'format',
  'KB',
  'KB read',
  'ms',
  'MB/s',
  'sha256 MB/s',
  'ratio to it',
  'byte walk MB/s',
  'ratio to it',
];

const shipped = async (): Promise<Table> => {
  const rows: Cell[][] = [];
  for (const path of globSync('models/*/*/model.*', { cwd: root }).sort())
    rows.push(await row(path.replace(/^models[\\/]/, ''), readFileSync(join(root, path)), undefined));
  return { title: `The shipped models, medians of ${ROUNDS} rounds`, columns, rows };
};

const synthetic = async (): Promise<Table> => {
  const rows: Cell[][] = [];
  const files: readonly [string, Uint8Array][] = [
    ['opcode-dense.pkl', densePickle(8 * MiB)],
    ['arrays.pkl', arrayPickle(64 * MiB)],
    ['model.safetensors', safetensors(64 * MiB)],
  ];
  for (const [name, bytes] of files) rows.push(await row(name, bytes, 'clean'));
  return { title: 'Synthetic files, each clean, so each is scanned to its end', columns, rows };
};

export const scan: Benchmark = async (tell) => {
  tell('the shipped models');
  const real = await shipped();
  tell('synthetic files');
  return {
    tables: [real, await synthetic()],
    notes: [
      'MB/s is file size over time, also where only a header is read: then the time is that of the header.',
      'sha256 is what the digest of the same bytes costs; the byte walk is one array look-up for each byte in JavaScript.',
      'Bytes come from memory. In Lambda each read is a range request to S3, which costs more than most scans.',
      'Warm code. Small files are bound by what each scan costs at least, not by their bytes.',
    ],
  };
};
