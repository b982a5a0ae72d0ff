import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type Compressors, parquetMetadataAsync, parquetRead, snappyUncompress } from 'hyparquet';
import { DataSetUnreadable } from './failures.ts';
import type { Row } from './rows.ts';

/** Of one page, as its header claims: memory is taken before the claim turns out to be a lie. */
const LARGEST_PAGE = 64 * 1024 * 1024;
/** Of one row group, whose rows are in memory together. */
const MOST_ROWS = 2_000_000;

type Decompress = (bytes: Uint8Array, atMost: number) => Uint8Array;

const bounded =
  (decompress: Decompress) =>
  (bytes: Uint8Array, length: number): Uint8Array => {
    if (length > LARGEST_PAGE) throw new DataSetUnreadable(`a page of the Parquet file claims ${length} bytes`);
    return decompress(bytes, length);
  };

/** hyparquet brings Snappy, Node the others. */
const compressors: Compressors = {
  SNAPPY: bounded((bytes, length) => {
    const page = new Uint8Array(length);
    snappyUncompress(bytes, page);
    return page;
  }),
  GZIP: bounded((bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength })),
  BROTLI: bounded((bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength })),
  ZSTD: bounded((bytes, maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength })),
};

const inMemory = (bytes: Uint8Array): AsyncBuffer => {
  const { buffer } = Uint8Array.from(bytes);
  return { byteLength: buffer.byteLength, slice: async (start, end) => buffer.slice(start, end) };
};

const readGroup = async (options: Parameters<typeof parquetRead>[0]): Promise<Row[]> => {
  let rows: Row[] = [];
  await parquetRead({
    ...options,
    rowFormat: 'object',
    compressors,
    geoparquet: false,
    onComplete: (read) => {
      rows = read;
    },
  });
  return rows;
};

async function* groups(bytes: Uint8Array): AsyncGenerator<Row[]> {
  const file = inMemory(bytes);
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    if (num_rows < 0 || num_rows > MOST_ROWS)
      throw new DataSetUnreadable(`a row group of the Parquet file has ${num_rows} rows; at most ${MOST_ROWS}`);
    const rowEnd = rowStart + Number(num_rows);
    yield await readGroup({ file, metadata, rowStart, rowEnd });
    rowStart = rowEnd;
  }
}

/**
 * The rows of a Parquet file, uncompressed or compressed with Snappy, gzip, Brotli or Zstandard.
 * @throws DataSetUnreadable for what is damaged, encrypted or compressed in another way
 */
export async function* parquetRows(bytes: Uint8Array): AsyncGenerator<Row> {
  const read = groups(bytes);
  for (;;) {
    let group: IteratorResult<Row[]>;
    try {
      group = await read.next();
    } catch (cause) {
      if (cause instanceof DataSetUnreadable) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new DataSetUnreadable(`the Parquet file cannot be read: ${why}`, { cause });
    }
    if (group.done === true) return;
    yield* group.value;
  }
}
