import { createHash } from 'node:crypto';
import type { PinnedFile } from '../intake/contract.ts';
import type { Manifest } from '../intake/manifest.ts';
import { type Digest, digestOfRaw } from '../kernel/digest.ts';
import { DataSetRefused, DataSetUnreadable } from './failures.ts';
import { csvRows, jsonLinesRows, type Row } from './rows.ts';

type Bytes = AsyncIterable<Uint8Array>;

export type Address = { readonly bucket: string; readonly key: string };

/** A data set as a manifest declares it: its address, and how it is written. */
export type DeclaredDataSet = Pick<NonNullable<Manifest['baseline']>, 'path' | 'uri' | 'format' | 'digest'>;

export type DataSetPorts = {
  /** Bytes of an uploaded file. @throws UploadChanged */
  uploaded(bucket: string, file: PinnedFile): Promise<Bytes>;
  /** Bytes of an object in an allowed bucket. @throws DataSetUnreadable when there is none, or none that we may read */
  elsewhere(address: Address): Promise<Bytes>;
  parquetRows: (bytes: Uint8Array) => AsyncIterable<Row>;
  /** Buckets beside the upload from which this stage takes data sets. */
  buckets: readonly string[];
};

/** The upload that declares the data set, in which field of the manifest, what is pinned of it, and how much is read. */
export type PinnedUpload = {
  readonly bucket: string;
  readonly files: () => Promise<readonly PinnedFile[]>;
  readonly field: string;
  /** In bytes. */
  readonly atMost: number;
};

/** Parquet has its table of contents at its end, so it is in memory whole. */
const LARGEST_PARQUET = 256 * 1024 ** 2;

/** The digest by which a manifest pins a data set; undefined when it declares none. */
export const dataSetDigest = ({ files }: Manifest, declared: DeclaredDataSet | undefined): Digest | undefined =>
  declared === undefined ? undefined : (declared.digest ?? files.find(({ path }) => path === declared.path)?.digest);

/**
 * Bucket and key of an address outside the upload.
 * @throws DataSetRefused when the stage takes no data sets from there
 */
const allowedAddress = (uri: string, buckets: readonly string[], field: string): Address => {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (buckets.includes(bucket)) return { bucket, key };
  const others = buckets.length === 0 ? '' : `, or an object in one of the buckets ${buckets.join(', ')}`;
  throw new DataSetRefused(`${field}.uri: found ${uri}; allowed: a file of the upload, as ${field}.path${others}`);
};

/** The same bytes, once they are known not to be too many and, at their end, to be the ones that are pinned. */
async function* pinned(bytes: Bytes, digest: Digest, atMost: number): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > atMost) throw new DataSetUnreadable(`the data set has more than ${atMost} bytes`);
    hash.update(chunk);
    yield chunk;
  }
  const actual = digestOfRaw(hash.digest());
  if (actual !== digest) throw new DataSetUnreadable(`the data set has digest ${actual}; the manifest pins ${digest}`);
}

const whole = async (bytes: Bytes): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const open = async (ports: DataSetPorts, { bucket, files, field }: PinnedUpload, { path, uri }: DeclaredDataSet) => {
  if (uri !== undefined) return ports.elsewhere(allowedAddress(uri, ports.buckets, field));
  const file = (await files()).find((candidate) => candidate.path === path);
  if (file === undefined) throw new DataSetUnreadable(`${path} is not among the uploaded files`);
  return ports.uploaded(bucket, file);
};

/**
 * The rows of a data set, each of whose bytes is read once. Values are texts where it is CSV.
 * @throws DataSetUnreadable, DataSetRefused, UploadChanged; what was read is known to be what is pinned at its end only
 */
export const dataSetRows = async (
  ports: DataSetPorts,
  upload: PinnedUpload,
  declared: DeclaredDataSet,
  digest: Digest,
): Promise<AsyncIterable<Row>> => {
  const bytes = await open(ports, upload, declared);
  if (declared.format === 'parquet')
    return ports.parquetRows(await whole(pinned(bytes, digest, Math.min(upload.atMost, LARGEST_PARQUET))));
  const sure = pinned(bytes, digest, upload.atMost);
  return declared.format === 'csv' ? csvRows(sure) : jsonLinesRows(sure);
};
