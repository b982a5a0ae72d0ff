import type { ByteSource } from '../byte-source.ts';
import { Cursor } from './cursor.ts';
import type { Superblock } from './file.ts';
import { type Cached, readCached } from './links.ts';
import { malformed, notRead } from './malformed.ts';
import { SIGNATURE } from './signature.ts';

/** The longest superblock: version 1 with addresses of 8 bytes. */
const LONGEST = 100;
const DEFAULT_RANKS = { leaf: 4, group: 16, chunk: 32 };
/** What libhdf5 takes for K of a B-tree. */
const LARGEST_RANK = 32_767;

/** The superblock, and what of it must be read elsewhere. */
export type Start = Superblock & {
  readonly extension: number | undefined;
  readonly driver: number | undefined;
  readonly cached: Cached | undefined;
  /** How long the superblock is. */
  readonly length: number;
};

const sizesOf = (cursor: Cursor): { offset: number; length: number } => {
  const sizes = { offset: cursor.u8(), length: cursor.u8() };
  for (const size of [sizes.offset, sizes.length])
    if (![2, 4, 8].includes(size)) throw notRead(`addresses or lengths of ${size} bytes`, cursor.start);
  return sizes;
};

const rankOf = (cursor: Cursor): number => {
  const rank = cursor.u16();
  if (rank === 0 || rank > LARGEST_RANK) throw cursor.error(`${rank} entries in a node`);
  return rank;
};

const inSizes = (cursor: Cursor, sizes: { offset: number; length: number }): Cursor =>
  new Cursor(cursor.take(cursor.left), { start: cursor.start + cursor.position, sizes, what: 'the superblock' });

/** Versions 0 and 1: the root group is an entry of a symbol table. */
const readOld = (cursor: Cursor, at: number, version: number): Start => {
  if (cursor.u8() !== 0 || cursor.u8() !== 0 || cursor.u8() !== 0) throw cursor.error('an unknown version of a part');
  if (cursor.u8() !== 0) throw cursor.error('an unknown version of a part');
  const sizes = sizesOf(cursor);
  cursor.skip(1);
  const leaf = rankOf(cursor);
  const group = rankOf(cursor);
  if (cursor.u32() !== 0) throw notRead('a superblock with flags', at);
  const chunk = version === 1 ? rankOf(cursor) : DEFAULT_RANKS.chunk;
  if (version === 1) cursor.skip(2);
  const before = cursor.position;
  const rest = inSizes(cursor, sizes);
  const base = rest.address();
  rest.address(); // free space, which no version writes
  const end = rest.address();
  const driver = rest.address();
  rest.skip(sizes.offset); // the name of the root group, which has none
  const root = rest.address();
  const { cached } = readCached(rest);
  return start({ base, end, root, sizes, ranks: { leaf, group, chunk }, driver, extension: undefined, cached }, at, {
    length: before + rest.position,
  });
};

/** Versions 2 and 3: with a checksum. */
const readNew = (bytes: Uint8Array, at: number): Start => {
  const cursor = new Cursor(bytes, { start: at, sizes: { offset: 8, length: 8 }, what: 'the superblock' });
  cursor.skip(SIGNATURE.length + 1);
  const sizes = sizesOf(cursor);
  const flags = cursor.u8();
  const length = cursor.position + 4 * sizes.offset + 4;
  new Cursor(bytes.subarray(0, length), { start: at, sizes, what: 'the superblock' }).verify();
  if (flags !== 0) throw notRead('a file that was not closed', at);
  const rest = inSizes(cursor, sizes);
  const base = rest.address();
  const extension = rest.address();
  const end = rest.address();
  const root = rest.address();
  return start({ base, end, root, sizes, ranks: DEFAULT_RANKS, driver: undefined, extension, cached: undefined }, at, {
    length,
  });
};

type Found = Omit<Start, 'base' | 'end' | 'root' | 'length'> & {
  readonly base: number | undefined;
  readonly end: number | undefined;
  readonly root: number | undefined;
};

const start = (found: Found, at: number, { length }: { length: number }): Start => {
  const { base, end, root } = found;
  if (base !== at) throw malformed('addresses that do not count from the superblock', at);
  if (end === undefined || root === undefined) throw malformed('a superblock without an end or a root', at);
  return { ...found, base, end: end - base, root, length };
};

/** @param at where the signature is. https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html */
export const readSuperblock = async (source: ByteSource, at: number): Promise<Start> => {
  const bytes = await source.read(at, LONGEST);
  const cursor = new Cursor(bytes, { start: at, sizes: { offset: 8, length: 8 }, what: 'the superblock' });
  cursor.skip(SIGNATURE.length);
  const version = cursor.u8();
  if (version < 2) return readOld(cursor, at, version);
  if (version > 3) throw notRead(`a superblock of version ${version}`, at);
  return readNew(bytes, at);
};
