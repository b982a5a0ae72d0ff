import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { Inventory, type PinnedFile } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { type Digest, digestOfRaw } from '../kernel/digest.ts';
import { type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { summariseBaseline as summariseRows } from './baseline.ts';
import { csvRows, jsonLinesRows, type Row } from './baseline-rows.ts';
import { type Address, allowedAddress, baselineDigest, baselineKey } from './baseline-source.ts';
import type { telemetry } from './contract.ts';
import { BaselineUnreadable } from './failures.ts';

type Input = z.output<typeof telemetry.tasks.summariseBaseline.input>;
type Output = z.input<typeof telemetry.tasks.summariseBaseline.output>;
type Bytes = AsyncIterable<Uint8Array>;

export type BaselinePorts = {
  evidence: EvidenceStore;
  /** Bytes of an uploaded file. @throws UploadChanged */
  uploaded(bucket: string, file: PinnedFile): Promise<Bytes>;
  /** Bytes of an object in an allowed bucket. @throws BaselineUnreadable when there is none, or none that we may read */
  elsewhere(address: Address): Promise<Bytes>;
  baselines: { putOnce(key: string, body: string): Promise<unknown> };
  hashKey: () => Promise<Uint8Array>;
  parquetRows: (bytes: Uint8Array) => AsyncIterable<Row>;
  /** Buckets beside the upload from which this stage takes baselines. */
  buckets: readonly string[];
};

/** A sample of what a model was made for, not a training set. */
const LARGEST = 2 * 1024 ** 3;
/** Parquet has its table of contents at its end, so it is in memory whole. */
const LARGEST_PARQUET = 256 * 1024 ** 2;

/** The same bytes, once they are known not to be too many and, at their end, to be the ones that are pinned. */
async function* pinned(bytes: Bytes, digest: Digest, atMost: number): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > atMost) throw new BaselineUnreadable(`the data set has more than ${atMost} bytes`);
    hash.update(chunk);
    yield chunk;
  }
  const actual = digestOfRaw(hash.digest());
  if (actual !== digest) throw new BaselineUnreadable(`the data set has digest ${actual}; the manifest pins ${digest}`);
}

const whole = async (bytes: Bytes): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const open = async (ports: BaselinePorts, { attempt, inventory }: Input, { baseline }: Manifest): Promise<Bytes> => {
  if (baseline?.uri !== undefined) return ports.elsewhere(allowedAddress(baseline.uri, ports.buckets));
  const { files } = await readEvidence(ports.evidence, inventory, Inventory);
  const file = files.find(({ path }) => path === baseline?.path);
  if (file === undefined) throw new BaselineUnreadable(`${baseline?.path} is not among the uploaded files`);
  return ports.uploaded(attempt.bucket, file);
};

type Format = NonNullable<Manifest['baseline']>['format'];

const rowsOf = async ({ parquetRows }: BaselinePorts, format: Format, bytes: Bytes, digest: Digest) => {
  if (format === 'parquet') return parquetRows(await whole(pinned(bytes, digest, LARGEST_PARQUET)));
  const sure = pinned(bytes, digest, LARGEST);
  return format === 'csv' ? csvRows(sure) : jsonLinesRows(sure);
};

/** Counts the data set that a version was made for, so that its traffic can be compared with it. */
export const summariseBaseline =
  (ports: BaselinePorts) =>
  async (input: Input): Promise<Output> => {
    const manifest = await readEvidence(ports.evidence, input.manifest, Manifest);
    const { baseline, features = [], model } = manifest;
    const [key, digest] = [baselineKey(manifest), baselineDigest(manifest)];
    if (baseline === undefined || key === undefined || digest === undefined) return { outcome: 'none', rows: 0 };
    const rows = await rowsOf(ports, baseline.format, await open(ports, input, manifest), digest);
    const options = { digest, model, features, hashKey: await ports.hashKey() };
    const summary = await summariseRows(rows, options, baseline.format === 'csv' ? 'text' : 'typed');
    await ports.baselines.putOnce(key, canonicalJson(summary));
    return { outcome: 'summarised', rows: summary.rows };
  };
