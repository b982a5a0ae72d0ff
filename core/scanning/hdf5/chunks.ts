import { limit } from '../scan.ts';
import { chunkEntries } from './btree1.ts';
import type { Hdf5File } from './file.ts';
import type { Layout } from './layout.ts';
import { malformed, notRead } from './malformed.ts';

export type Chunk = {
  readonly address: number;
  /** In the file, filtered. */
  readonly bytes: number;
  readonly mask: number;
  /** The place of its first element in each dimension. */
  readonly offsets: readonly number[];
};

type Chunked = Extract<Layout, { kind: 'chunked' }>;

export const chunkSize = ({ dimensions, elementSize }: Chunked): number =>
  dimensions.reduce((product, each) => product * each, elementSize);

async function* fromTree(file: Hdf5File, layout: Chunked): AsyncGenerator<Chunk> {
  const rank = layout.dimensions.length;
  for await (const { key, child } of chunkEntries(file, layout.address, rank)) {
    const bytes = key.u32();
    const mask = key.u32();
    const offsets = layout.dimensions.map(() => key.uint(8));
    yield { address: file.claim(child, bytes, 'a chunk'), bytes, mask, offsets };
  }
}

/** Signatures of the headers of the newer indexes, and how long these are without addresses and lengths. */
const HEADERS: Readonly<
  Record<string, readonly [signature: string, size: number, addresses: number, lengths: number]>
> = {
  'fixed-array': ['FAHD', 12, 1, 1],
  'extensible-array': ['EAHD', 16, 1, 6],
  'tree-2': ['BTHD', 22, 1, 1],
};

/** The newer indexes lead to nothing but numbers: they are only seen to be there. */
const checkHeader = async (file: Hdf5File, layout: Chunked): Promise<void> => {
  const [signature, size, addresses, lengths] = HEADERS[layout.index.kind] ?? ['', 0, 0, 0];
  const { offset, length } = file.sizes;
  const header = await file.open(layout.address, size + addresses * offset + lengths * length, 'an index of chunks');
  header.verify();
  header.expect(signature, 0);
};

/** Visits the chunks that are stored. The numbers in them are not read. */
export const checkChunks = async (file: Hdf5File, layout: Chunked, count: number): Promise<void> => {
  if (layout.address === undefined) return;
  const { index } = layout;
  if (index.kind === 'tree') {
    let chunks = 0;
    for await (const chunk of fromTree(file, layout)) {
      chunks += 1;
      if (chunks > file.scan.limits.fields) throw limit('fields', file.scan.limits);
      if (chunk.bytes === 0) throw malformed('a chunk of no bytes');
    }
  } else if (index.kind === 'single') file.claim(layout.address, index.bytes ?? chunkSize(layout), 'a chunk');
  else if (index.kind === 'implicit') file.claim(layout.address, count * chunkSize(layout), 'the chunks');
  else await checkHeader(file, layout);
};

/** The chunks whose values have to be read. */
export const readableChunks = (file: Hdf5File, layout: Chunked): AsyncGenerator<Chunk> => {
  if (layout.index.kind !== 'tree') throw notRead('objects in chunks of the newer kind');
  return fromTree(file, layout);
};
