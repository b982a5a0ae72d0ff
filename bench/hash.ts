import { spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileChunks } from '../cli/file-chunks.ts';
import type { Inventory } from '../core/intake/contract.ts';
import { digestFiles } from '../core/intake/digest-files.ts';
import { canonicalJson } from '../core/kernel/canonical-json.ts';
import { digestOf } from '../core/kernel/digest.ts';
import type { Benchmark, Cell } from './report.ts';
import { MB, MiB, median, secondsOf, times } from './sample.ts';

const SIZE = 256 * MiB;
const ROUNDS = 5;
const REQUIRED = 0.8;

type Chunks = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Different bytes each time: they come from memory, where openssl hashes one mebibyte that stays in the cache. */
const chunksOf = (bytes: Uint8Array, size: number): Chunks =>
  function* chunks() {
    for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
  };

const attempt = {
  bucket: 'models',
  model: 'large',
  version: '1.0.0',
  id: 'attempt',
  manifest: 'attempt',
  look: 0,
  lastLook: true,
};

/** The whole use case behind the handler `intake/digest-files`, on an object that S3 has no digest of. */
const digestPath = async (chunks: Chunks): Promise<void> => {
  const inventory: Inventory = {
    attempt,
    files: [{ path: 'weights.bin', key: 'models/large/1.0.0/weights.bin', versionId: '1', size: SIZE }],
    bytes: SIZE,
  };
  const body = canonicalJson(inventory);
  const { outcome, bytesRead } = await digestFiles({
    bytes: {
      storedDigest: async () => undefined,
      stream: async () => chunks() as AsyncIterable<Uint8Array>,
    },
    marks: { find: async () => undefined, set: async () => {} },
    attempts: { find: async () => undefined, ofVersion: async () => [], due: async () => [], swap: async () => true },
    limits: { readBytes: SIZE },
    evidence: { get: async () => body, find: async () => undefined, putOnce: async (_, text) => text },
  })({ attempt, inventory: { key: 'inventory', digest: digestOf(body) }, execution: 'bench' });
  if (outcome !== 'digested' || bytesRead !== SIZE)
    throw new Error(`expected ${SIZE} bytes digested, not ${bytesRead}`);
};

const nodeCrypto = (bytes: Uint8Array): void => {
  const hash = createHash('sha256');
  for (const chunk of chunksOf(bytes, MiB)() as Iterable<Uint8Array>) hash.update(chunk);
  hash.digest();
};

const readOnly = async (chunks: Chunks): Promise<void> => {
  let seen = 0;
  for await (const chunk of chunks()) seen += chunk.length;
  if (seen !== SIZE) throw new Error(`expected ${SIZE} bytes, read ${seen}`);
};

/** Bytes a second, on the wall as ours: by default openssl counts processor time, which a busy machine flatters. */
const opensslSpeed = (): number | undefined => {
  const args = ['speed', '-elapsed', '-bytes', String(MiB), '-seconds', '2', 'sha256'];
  const { stdout, status } = spawnSync('openssl', args, { encoding: 'utf8' });
  const [, thousands] = /^sha256\s+([\d.]+)k$/m.exec(stdout ?? '') ?? [];
  return status === 0 && thousands !== undefined ? Number(thousands) * 1000 : undefined;
};

export const hash: Benchmark = async (tell) => {
  const folder = mkdtempSync(join(tmpdir(), 'clearance-bench-'));
  try {
    const file = join(folder, 'weights.bin');
    const bytes = randomFillSync(new Uint8Array(SIZE));
    writeFileSync(file, bytes);
    const fromFile: Chunks = () => fileChunks(file, { size: SIZE });
    const asStream: Chunks = () => createReadStream(file, { highWaterMark: MiB });
    const ways: Readonly<Record<string, () => unknown>> = {
      'node:crypto, 1 MiB chunks in memory': () => nodeCrypto(bytes),
      'ours, 1 MiB chunks in memory': () => digestPath(chunksOf(bytes, MiB)),
      'ours, 64 KiB chunks in memory': () => digestPath(chunksOf(bytes, 64 * 1024)),
      'ours, 1 MiB chunks of a file, read ahead': () => digestPath(fromFile),
      'ours, 1 MiB chunks of a file, as a stream': () => digestPath(asStream),
      'the file read ahead, not hashed': () => readOnly(fromFile),
    };
    return await compared(ways, tell);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Rounds, not blocks: what else the machine does then meets the limit and every way alike. */
const compared = async (ways: Readonly<Record<string, () => unknown>>, tell: (line: string) => void) => {
  const limits: (number | undefined)[] = [];
  const speeds = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (const round of times(ROUNDS)) {
    tell(`round ${round + 1} of ${ROUNDS}`);
    limits.push(opensslSpeed());
    for (const [name, run] of Object.entries(ways)) speeds.get(name)?.push(SIZE / (await secondsOf(run)));
  }
  const limit = limits.every((speed) => speed !== undefined) ? limits : undefined;
  const row = (name: string, values: readonly number[]): Cell[] => [
    name,
    median(values) / MB,
    Math.min(...values) / MB,
    Math.max(...values) / MB,
    limit === undefined ? '–' : median(values.map((value, round) => value / (limit[round] ?? Number.NaN))),
  ];
  return {
    tables: [
      {
        title: `SHA-256 of ${SIZE / MiB} MiB, ${ROUNDS} rounds; required of ours: ≥ ${REQUIRED} of openssl`,
        columns: ['', 'MB/s median', 'min', 'max', 'ratio to openssl'],
        rows: [
          ...(limit === undefined ? [] : [row('openssl speed sha256, 1 MiB buffers', limit)]),
          ...[...speeds].map(([name, values]) => row(name, values)),
        ],
      },
    ],
    notes: [
      ...(limit === undefined ? ['There is no openssl on this machine: no ratio.'] : []),
      'Ratios are medians of the ratios within a round. All by wall clock, on one core.',
      '"ours" is the whole digest step, evidence included, with ports to memory or a local file instead of S3.',
      'The command reads files ahead; a Node stream of the same chunks is there to show what that gains.',
      'The file lies in the page cache. In Lambda the network from S3 is the bound, not this.',
    ],
  };
};
