import { concurrently } from '../kernel/concurrently.ts';
import { LogDiffers } from './failures.ts';
import { leafHash } from './merkle.ts';
import type { LogObjects, LogState } from './ports.ts';
import { decodeEntries, encodeEntries, encodeHashes, LogIncomplete, TILE_WIDTH, tileAt, tilePath } from './tile.ts';
import { growTree, readEdge, rootOfEdge, type TreeEdge } from './tree-edge.ts';

/** Objects written at a time: each waits far longer than it takes. */
const WIDTH = 8;

type Objects = readonly { readonly path: string; readonly bytes: Buffer }[];

/** How a log ends: the tree's right edge, and the entries of a bundle that is not full yet. What comes next goes on from it. */
export type LogTail = { readonly edge: TreeEdge; readonly entries: readonly Buffer[] };

/** Entries of the last bundle of a tree of `size` leaves, which the next ones are added to. */
const openEntries = async ({ read }: LogObjects, size: number): Promise<Buffer[]> => {
  const tile = tileAt('entries', Math.floor(size / TILE_WIDTH), size);
  if (tile === undefined) return [];
  const bytes = await read(tilePath(tile));
  const entries = bytes && decodeEntries(bytes, tile.width);
  if (entries === undefined) throw new LogIncomplete(tilePath(tile), 'the last entries are missing or damaged');
  return entries;
};

const bundlesOf = (before: readonly Buffer[], from: number, added: readonly Buffer[]): Objects => {
  const entries = [...before, ...added];
  const first = Math.floor(from / TILE_WIDTH);
  return Array.from({ length: Math.ceil(entries.length / TILE_WIDTH) }, (_, at) => {
    const bundle = entries.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH);
    const path = tilePath({ level: 'entries', index: first + at, width: bundle.length });
    return { path, bytes: encodeEntries(bundle) };
  });
};

/**
 * The end of a log of `from` leaves with this root, as it stands in its tiles.
 * @throws LogDiffers when they are not those that were written
 */
export const readTail = async (
  objects: LogObjects,
  { size: from, root }: Pick<LogState, 'size' | 'root'>,
): Promise<LogTail> => {
  const incomplete = (cause: unknown): never => {
    if (!(cause instanceof LogIncomplete)) throw cause;
    throw new LogDiffers(`the log cannot go on from ${from} leaves: ${cause.message}`, { cause });
  };
  const edge = await readEdge(objects.read, from).catch(incomplete);
  if (rootOfEdge(edge).toString('base64') !== root)
    throw new LogDiffers(`the tiles of ${from} leaves are not those that were written`);
  const entries = await openEntries(objects, from).catch(incomplete);
  if (!entries.every((entry, at) => edge.partials[0]?.[at]?.equals(leafHash(entry))))
    throw new LogDiffers(`the last entries of ${from} are not those that were written`);
  return { edge, entries };
};

/**
 * Writes what the log looks like once these entries are behind its tail. Whoever writes them, and however often, writes
 * the same bytes.
 * @throws LogDiffers when other bytes stand in their place
 */
export const appendEntries = async (
  objects: LogObjects,
  { edge, entries: before }: LogTail,
  entries: readonly Buffer[],
): Promise<LogTail> => {
  const grown = growTree(edge, entries.map(leafHash));
  const tiles = grown.tiles.map((tile) => ({ path: tilePath(tile), bytes: encodeHashes(tile.hashes) }));
  await concurrently([...bundlesOf(before, edge.size, entries), ...tiles], WIDTH, async ({ path, bytes }) => {
    const standing = await objects.putOnce(path, bytes);
    if (!bytes.equals(standing)) throw new LogDiffers(`${path} holds other bytes than the log would have there`);
  });
  const open = grown.edge.size % TILE_WIDTH;
  return { edge: grown.edge, entries: open === 0 ? [] : [...before, ...entries].slice(-open) };
};
