import { inflateSync } from 'node:zlib';
import { limit } from '../scan.ts';
import type { Cursor } from './cursor.ts';
import type { Hdf5File } from './file.ts';
import { malformed, notRead } from './malformed.ts';

export type Filter = { readonly id: number; readonly values: readonly number[] };

const DEFLATE = 1;
const SHUFFLE = 2;
const CHECKSUM = 3;
/** What comes with libhdf5 (1 to 6), h5py (LZF) and PyTables (LZO, bzip2, Blosc, Blosc2), compiled in. */
const COMPILED_IN: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 305, 307, 32_000, 32_001, 32_026]);
const FIRST_NAMED = 256;
const MOST = 32;
const MOST_VALUES = 1024;

/** The filter pipeline message. */
export const readFilters = (cursor: Cursor): readonly Filter[] => {
  const version = cursor.u8();
  const count = cursor.u8();
  if (version !== 1 && version !== 2) throw cursor.error(`a filter pipeline of version ${version}`);
  if (count > MOST) throw cursor.error(`${count} filters`);
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const nameLength = version === 1 || id >= FIRST_NAMED ? cursor.u16() : 0;
    cursor.skip(2);
    const values = cursor.u16();
    if (values > MOST_VALUES) throw cursor.error(`a filter with ${values} values`);
    cursor.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    const filter = { id, values: Array.from({ length: values }, () => cursor.u32()) };
    if (version === 1 && values % 2 === 1) cursor.skip(4);
    return filter;
  });
};

/** Any other filter is a shared library that libhdf5 looks for on the machine that reads the file. */
export const checkFilters = (file: Hdf5File, filters: readonly Filter[], path: string): void => {
  for (const { id } of filters) if (!COMPILED_IN.has(id)) file.report('hdf5.filter', `${path} needs the filter ${id}`);
};

const unshuffled = (bytes: Uint8Array, size: number): Uint8Array => {
  const count = Math.floor(bytes.length / size);
  const plain = new Uint8Array(bytes);
  for (let part = 0; part < size; part += 1)
    for (let i = 0; i < count; i += 1) plain[i * size + part] = bytes[part * count + i] ?? 0;
  return plain;
};

const inflated = (file: Hdf5File, bytes: Uint8Array, size: number): Uint8Array => {
  if (size > file.scan.limits.heldBytes) throw limit('heldBytes', file.scan.limits);
  try {
    const plain = inflateSync(bytes, { maxOutputLength: Math.max(1, size) });
    file.scan.countDecompressed(plain.length);
    return plain;
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    throw malformed('a chunk whose packed data are damaged or too long');
  }
};

/** Undoes the filters of a chunk, the last first. @param mask a bit for each filter that was left out */
export const unfiltered = (
  file: Hdf5File,
  chunk: { readonly bytes: Uint8Array; readonly mask: number; readonly size: number },
  filters: readonly Filter[],
): Uint8Array =>
  filters.reduceRight((bytes, { id, values }, i) => {
    if ((chunk.mask & (1 << i)) !== 0) return bytes;
    if (id === DEFLATE) return inflated(file, bytes, chunk.size + 4);
    if (id === SHUFFLE) return unshuffled(bytes, Math.max(1, values[0] ?? 1));
    if (id === CHECKSUM) return bytes.subarray(0, Math.max(0, bytes.length - 4));
    throw notRead(`objects packed by the filter ${id}`);
  }, chunk.bytes);
