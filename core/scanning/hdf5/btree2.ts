import type { Cursor } from './cursor.ts';
import type { Hdf5File } from './file.ts';
import { malformed, notRead } from './malformed.ts';

/** How many bytes hold the number, as libhdf5 counts them. */
export const bytesFor = (value: number): number => Math.floor(Math.log2(Math.max(1, value)) / 8) + 1;

const OVERHEAD = 10;
const CHECKSUM = 4;
const DEEPEST = 20;

/** What nodes of one depth can hold, and how large their counts are (H5B2hdr.c). */
type Level = { readonly most: number; readonly totalMost: number; readonly totalSize: number };

type Tree = {
  readonly type: number;
  readonly nodeSize: number;
  readonly recordSize: number;
  readonly levels: readonly Level[];
  /** Bytes of the count of records of a child. */
  readonly countSize: number;
};

const levelsOf = (header: Cursor, at: { nodeSize: number; recordSize: number; depth: number }): readonly Level[] => {
  const most = Math.floor((at.nodeSize - OVERHEAD) / at.recordSize);
  const levels: Level[] = [{ most, totalMost: most, totalSize: 0 }];
  for (let depth = 1; depth <= at.depth; depth += 1) {
    const below = levels[depth - 1] as Level;
    const pointer = header.sizes.offset + bytesFor(most) + below.totalSize;
    const here = Math.floor((at.nodeSize - OVERHEAD - pointer) / (at.recordSize + pointer));
    const totalMost = (here + 1) * below.totalMost + here;
    levels.push({ most: here, totalMost, totalSize: bytesFor(totalMost) });
  }
  if (levels.some((level) => level.most < 1)) throw header.error('nodes that are too small');
  return levels;
};

type Node = { readonly address: number | undefined; readonly count: number; readonly depth: number };

async function* records(file: Hdf5File, tree: Tree, { address, count, depth }: Node): AsyncGenerator<Cursor> {
  if (count > (tree.levels[depth] as Level).most) throw malformed(`a node of ${count} records in a B-tree`);
  const pointer = file.sizes.offset + tree.countSize + (depth > 1 ? (tree.levels[depth - 1] as Level).totalSize : 0);
  const used = 6 + count * tree.recordSize + (depth > 0 ? (count + 1) * pointer : 0) + CHECKSUM;
  file.claim(address, tree.nodeSize, 'a node of a B-tree');
  const whole = await file.peek(address, used, 'a node of a B-tree');
  whole.verify();
  whole.expect(depth > 0 ? 'BTIN' : 'BTLF', 0);
  if (whole.u8() !== tree.type) throw whole.error('a node of another tree');
  for (let i = 0; i < count; i += 1) yield whole.part(tree.recordSize, 'a record of a B-tree');
  for (let i = 0; depth > 0 && i <= count; i += 1) {
    const child = whole.address();
    const childCount = whole.uint(tree.countSize);
    whole.skip(pointer - file.sizes.offset - tree.countSize);
    yield* records(file, tree, { address: child, count: childCount, depth: depth - 1 });
  }
}

/** All records of a B-tree of version 2, in no order. @param types what its records may be */
export async function* treeRecords(
  file: Hdf5File,
  address: number | undefined,
  types: readonly number[],
): AsyncGenerator<{ readonly type: number; readonly record: Cursor }> {
  const { offset, length } = file.sizes;
  const header = await file.open(address, 22 + offset + length, 'the header of a B-tree');
  header.verify();
  header.expect('BTHD', 0);
  const type = header.u8();
  if (!types.includes(type)) throw notRead(`a B-tree of the type ${type}`, header.start);
  const nodeSize = header.u32();
  const recordSize = header.u16();
  const depth = header.u16();
  header.skip(2);
  const root = header.address();
  const count = header.u16();
  if (recordSize === 0 || depth > DEEPEST) throw header.error('a tree that cannot be');
  if (root === undefined) {
    if (count > 0) throw header.error('records without a root');
    return;
  }
  const levels = levelsOf(header, { nodeSize, recordSize, depth });
  const countSize = bytesFor((levels[0] as Level).most);
  for await (const record of records(
    file,
    { type, nodeSize, recordSize, levels, countSize },
    { address: root, count, depth },
  ))
    yield { type, record };
}
