import type { Cursor } from './cursor.ts';
import { notRead } from './malformed.ts';

/** How the chunks of a dataset are found. */
type ChunkIndex =
  | { readonly kind: 'tree' }
  | { readonly kind: 'single'; readonly bytes: number | undefined }
  | { readonly kind: 'implicit' }
  | { readonly kind: 'fixed-array' }
  | { readonly kind: 'extensible-array' }
  | { readonly kind: 'tree-2' };

/** Where the values of a dataset are. */
export type Layout =
  | { readonly kind: 'compact'; readonly bytes: number }
  | { readonly kind: 'contiguous'; readonly address: number | undefined; readonly bytes: number | undefined }
  | {
      readonly kind: 'chunked';
      readonly address: number | undefined;
      /** Of a chunk in elements, and of an element in bytes. */
      readonly dimensions: readonly number[];
      readonly elementSize: number;
      readonly index: ChunkIndex;
    }
  | { readonly kind: 'virtual'; readonly heap: number | undefined; readonly index: number };

const MOST_DIMENSIONS = 33;
const CLASS = { compact: 0, contiguous: 1, chunked: 2, virtual: 3 } as const;

const rankOf = (cursor: Cursor): number => {
  const rank = cursor.u8();
  if (rank === 0 || rank > MOST_DIMENSIONS) throw cursor.error(`${rank} dimensions`);
  return rank;
};

const chunked = (
  cursor: Cursor,
  sizes: readonly number[],
  at: { address: number | undefined; index: ChunkIndex },
): Layout => {
  if (sizes.some((size) => size === 0)) throw cursor.error('chunks without a size');
  return { kind: 'chunked', dimensions: sizes.slice(0, -1), elementSize: sizes.at(-1) ?? 0, ...at };
};

/** Versions 1 and 2. */
const readOldest = (cursor: Cursor): Layout => {
  const rank = rankOf(cursor);
  const kind = cursor.u8();
  cursor.skip(5);
  const address = kind === CLASS.compact ? undefined : cursor.address();
  const sizes = Array.from({ length: rank }, () => cursor.u32());
  if (kind === CLASS.chunked) return chunked(cursor, sizes, { address, index: { kind: 'tree' } });
  if (kind === CLASS.contiguous) return { kind: 'contiguous', address, bytes: undefined };
  if (kind !== CLASS.compact) throw notRead(`a layout of the class ${kind}`, cursor.start);
  const bytes = cursor.u32();
  cursor.skip(bytes);
  return { kind: 'compact', bytes };
};

const FILTERED = 2;

const readIndex = (cursor: Cursor, flags: number): ChunkIndex => {
  const type = cursor.u8();
  if (type === 1) {
    if ((flags & FILTERED) === 0) return { kind: 'single', bytes: undefined };
    const bytes = cursor.length();
    cursor.skip(4);
    return { kind: 'single', bytes };
  }
  if (type === 2) return { kind: 'implicit' };
  const parameters: Readonly<Record<number, readonly [ChunkIndex['kind'], number]>> = {
    3: ['fixed-array', 1],
    4: ['extensible-array', 5],
    5: ['tree-2', 6],
  };
  const [kind, skipped] = parameters[type] ?? [];
  if (kind === undefined || skipped === undefined)
    throw notRead(`an index of chunks of the type ${type}`, cursor.start);
  cursor.skip(skipped);
  return { kind } as ChunkIndex;
};

const readChunked = (cursor: Cursor, version: number): Layout => {
  if (version === 3) {
    const rank = rankOf(cursor);
    const address = cursor.address();
    const sizes = Array.from({ length: rank }, () => cursor.u32());
    return chunked(cursor, sizes, { address, index: { kind: 'tree' } });
  }
  const flags = cursor.u8();
  const rank = rankOf(cursor);
  const width = cursor.u8();
  if (width === 0 || width > 8) throw cursor.error(`sizes of ${width} bytes`);
  const sizes = Array.from({ length: rank }, () => cursor.uint(width));
  const index = readIndex(cursor, flags);
  return chunked(cursor, sizes, { address: cursor.address(), index });
};

const FIRST_PLAIN = 3;
const FIRST_VIRTUAL = 4;
const LAST_KNOWN = 5;

/** The data layout message. */
export const readLayout = (cursor: Cursor): Layout => {
  const version = cursor.u8();
  if (version === 0 || version > LAST_KNOWN) throw notRead(`a layout of version ${version}`, cursor.start);
  if (version < FIRST_PLAIN) return readOldest(cursor);
  const kind = cursor.u8();
  if (kind === CLASS.compact) {
    const bytes = cursor.u16();
    cursor.skip(bytes);
    return { kind: 'compact', bytes };
  }
  if (kind === CLASS.contiguous) return { kind: 'contiguous', address: cursor.address(), bytes: cursor.length() };
  if (kind === CLASS.chunked) return readChunked(cursor, version);
  if (kind === CLASS.virtual && version >= FIRST_VIRTUAL)
    return { kind: 'virtual', heap: cursor.address(), index: cursor.u32() };
  throw notRead(`a layout of the class ${kind}`, cursor.start);
};
