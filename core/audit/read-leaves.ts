import { encodeLeaf, type Leaf, readLeaf } from './leaf.ts';
import { proveInclusion } from './merkle.ts';
import { decodeEntries, LogIncomplete, type LogReader, nodesOf, TILE_WIDTH, tileAt, tilePath } from './tile.ts';
import type { TlogProof } from './tlog-proof.ts';

export type PlacedLeaf = { readonly index: number; readonly leaf: Leaf };

/** The leaves of one bundle of a log that has `size` of them. @throws LogIncomplete */
const bundleAt = async (read: LogReader, number: number, size: number): Promise<PlacedLeaf[]> => {
  const tile = tileAt('entries', number, size);
  if (tile === undefined) return [];
  const bytes = await read(tilePath(tile));
  const entries = bytes && decodeEntries(bytes, tile.width);
  if (entries === undefined) throw new LogIncomplete(tilePath(tile), 'these entries are missing or damaged');
  return entries.map((entry, at) => {
    const leaf = readLeaf(entry);
    if (leaf === undefined)
      throw new LogIncomplete(tilePath(tile), `entry ${at} is not as the sequencer writes leaves`);
    return { index: number * TILE_WIDTH + at, leaf };
  });
};

/** Bundles read at a time. */
const AHEAD = 16;

const bundlesOf = (size: number): number => Math.ceil(size / TILE_WIDTH);

/** The leaf of a fact, looked for from the end: who asks for a proof mostly asks about something recent. */
export const findLeaf = async (read: LogReader, size: number, id: string): Promise<PlacedLeaf | undefined> => {
  for (let end = bundlesOf(size); end > 0; end -= AHEAD) {
    const numbers = Array.from({ length: Math.min(AHEAD, end) }, (_, back) => end - 1 - back);
    const bundles = await Promise.all(numbers.map((number) => bundleAt(read, number, size)));
    const found = bundles.flat().find(({ leaf }) => leaf.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The number of the first bundle that may hold a leaf of that time or later: times never go back along a log. */
const firstBundleFrom = async (read: LogReader, size: number, from: string): Promise<number> => {
  let low = 0;
  let high = bundlesOf(size);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const last = (await bundleAt(read, middle, size)).at(-1);
    if (last !== undefined && last.leaf.loggedAt < from) low = middle + 1;
    else high = middle;
  }
  return low;
};

export type Period = { readonly from?: string | undefined; readonly to?: string | undefined };

/** Every leaf that was logged in a period, in order: at `from` or later, before `to`; both as ISO 8601 in UTC. */
export async function* leavesLogged(read: LogReader, size: number, { from, to }: Period): AsyncGenerator<PlacedLeaf> {
  const first = from === undefined ? 0 : await firstBundleFrom(read, size, from);
  for (let start = first; start < bundlesOf(size); start += AHEAD) {
    const numbers = Array.from({ length: Math.min(AHEAD, bundlesOf(size) - start) }, (_, at) => start + at);
    for (const bundle of await Promise.all(numbers.map((number) => bundleAt(read, number, size))))
      for (const placed of bundle) {
        if (to !== undefined && placed.leaf.loggedAt >= to) return;
        if (from === undefined || placed.leaf.loggedAt >= from) yield placed;
      }
  }
}

/** Proves leaves of the tree of a signed note; what several of them need is read once. They throw LogIncomplete. */
export const proverOf = (read: LogReader, { note, size }: { note: string; size: number }) => {
  const nodes = nodesOf(read, size);
  return async ({ index, leaf }: PlacedLeaf): Promise<TlogProof> => ({
    leaf: encodeLeaf(leaf),
    index,
    hashes: await proveInclusion(nodes, index, size),
    checkpoint: note,
  });
};
