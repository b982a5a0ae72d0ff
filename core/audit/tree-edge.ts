import { EMPTY_ROOT, type Hash, nodeHash, rootOf, splitOf } from './merkle.ts';
import { edgeTiles, type LogReader, readHashes, TILE_WIDTH, type Tile } from './tile.ts';

/** The right edge of a tree: for each level of tiles the hashes of the tile that is not full yet. */
export type TreeEdge = { readonly size: number; readonly partials: readonly (readonly Hash[])[] };

export const EMPTY_EDGE: TreeEdge = { size: 0, partials: [] };

export type GrownTile = Tile & { readonly hashes: readonly Hash[] };

/** What a tree of that size ended with, from its tiles. @throws LogIncomplete */
export const readEdge = async (read: LogReader, size: number): Promise<TreeEdge> => {
  const partials: Hash[][] = [];
  for (const tile of edgeTiles(size)) partials[Number(tile.level)] = await readHashes(read, tile);
  return { size, partials: Array.from(partials, (hashes) => hashes ?? []) };
};

/** Appends leaves: the new edge, and every tile that is new or wider than before. */
export const growTree = (edge: TreeEdge, leaves: readonly Hash[]): { edge: TreeEdge; tiles: GrownTile[] } => {
  const size = edge.size + leaves.length;
  const partials: (readonly Hash[])[] = [];
  const tiles: GrownTile[] = [];
  let added = leaves;
  for (let level = 0; level < edge.partials.length || added.length > 0; level += 1) {
    const before = edge.partials[level] ?? [];
    const hashes = added.length === 0 ? before : [...before, ...added];
    const first = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const full: Hash[] = [];
    let at = 0;
    for (; at + TILE_WIDTH <= hashes.length; at += TILE_WIDTH) {
      const tile = hashes.slice(at, at + TILE_WIDTH);
      tiles.push({ level, index: first + at / TILE_WIDTH, width: TILE_WIDTH, hashes: tile });
      full.push(rootOf(tile));
    }
    const rest = hashes.slice(at);
    if (rest.length > 0 && added.length > 0)
      tiles.push({ level, index: first + at / TILE_WIDTH, width: rest.length, hashes: rest });
    partials.push(rest);
    added = full;
  }
  return { edge: { size, partials }, tiles };
};

/** The complete subtrees in a list of hashes, from the largest on. */
const subtreesOf = (hashes: readonly Hash[]): Hash[] => {
  if (hashes.length === 0) return [];
  const isComplete = Number.isInteger(Math.log2(hashes.length));
  const half = isComplete ? hashes.length : splitOf(hashes.length);
  return [rootOf(hashes.slice(0, half)), ...subtreesOf(hashes.slice(half))];
};

/** The root of the tree that ends so. */
export const rootOfEdge = ({ partials }: TreeEdge): Hash =>
  partials
    .flatMap(subtreesOfLevel)
    .reduce<Hash | undefined>((right, left) => (right === undefined ? left : nodeHash(left, right)), undefined) ??
  EMPTY_ROOT;

/** Smallest first: the root is folded from the right. */
const subtreesOfLevel = (hashes: readonly Hash[]): Hash[] => subtreesOf(hashes).reverse();
