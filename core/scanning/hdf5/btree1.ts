import type { Cursor } from './cursor.ts';
import type { Hdf5File } from './file.ts';

/** The children of a leaf, each with the key in front of it. */
export type Entry = { readonly key: Cursor; readonly child: number | undefined };

const GROUP = 0;
const CHUNK = 1;
const DEEPEST = 40;

type Tree = { readonly type: number; readonly keySize: number; readonly rank: number };

const readNode = async (file: Hdf5File, tree: Tree, at: { address: number | undefined; level?: number }) => {
  const { offset } = file.sizes;
  const size = 8 + 2 * offset + 2 * tree.rank * offset + (2 * tree.rank + 1) * tree.keySize;
  const node = await file.open(at.address, size, 'a node of a B-tree');
  node.expect('TREE', tree.type);
  const level = node.u8();
  if ((at.level !== undefined && level !== at.level) || level > DEEPEST) throw node.error(`the level ${level}`);
  const count = node.u16();
  if (count > 2 * tree.rank) throw node.error(`${count} entries`);
  node.skip(2 * offset);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i += 1)
    entries.push({ key: node.part(tree.keySize, 'a key of a B-tree'), child: node.address() });
  return { level, entries };
};

async function* leaves(
  file: Hdf5File,
  tree: Tree,
  at: { address: number | undefined; level?: number },
): AsyncGenerator<Entry> {
  const { level, entries } = await readNode(file, tree, at);
  for (const entry of entries) {
    if (level === 0) yield entry;
    else yield* leaves(file, tree, { address: entry.child, level: level - 1 });
  }
}

/** The nodes of the symbol table of an old group. */
export const groupEntries = (file: Hdf5File, address: number | undefined): AsyncGenerator<Entry> =>
  leaves(file, { type: GROUP, keySize: file.sizes.length, rank: file.superblock.ranks.group }, { address });

/** The chunks of a dataset. @param rank of the dataset */
export const chunkEntries = (file: Hdf5File, address: number | undefined, rank: number): AsyncGenerator<Entry> =>
  leaves(file, { type: CHUNK, keySize: 8 + 8 * (rank + 1), rank: file.superblock.ranks.chunk }, { address });
