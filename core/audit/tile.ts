import { HASH_BYTES, type Hash, type Nodes, rootOf } from './merkle.ts';

/** Hashes of a full tile: eight levels of the tree in one object (https://c2sp.org/tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_LEVELS = 8;

/** `width` hashes from `index * 256` on, each over 256^level leaves; entries stand under the hashes of level 0. */
export type Tile = { readonly level: number | 'entries'; readonly index: number; readonly width: number };

/** `1234067` is `x001/x234/067`: no folder gets more than a thousand names. */
const groupsOf = (index: number): string => {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return groups.join('/');
};

export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${groupsOf(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;

/** How many hashes a tree of `size` leaves has on a level of tiles. */
const hashesOn = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The tile of that place in a tree of `size` leaves: full, or as wide as the tree is there; nothing beyond its end. */
export const tileAt = (level: Tile['level'], index: number, size: number): Tile | undefined => {
  const width = Math.min(TILE_WIDTH, hashesOn(level === 'entries' ? 0 : level, size) - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : undefined;
};

/** The tiles at the right edge of a tree that are not full: what has to be known to go on. From level 0 upwards. */
export const edgeTiles = (size: number): Tile[] => {
  const tiles: Tile[] = [];
  for (let level = 0; hashesOn(level, size) > 0; level += 1) {
    const width = hashesOn(level, size) % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashesOn(level, size) / TILE_WIDTH), width });
  }
  return tiles;
};

export const encodeHashes = (hashes: readonly Hash[]): Buffer => Buffer.concat(hashes);

/** The hashes of a tile, or nothing when there are not exactly `width` of them. */
export const decodeHashes = (bytes: Uint8Array, width: number): Hash[] | undefined => {
  if (bytes.length !== width * HASH_BYTES) return undefined;
  const buffer = Buffer.from(bytes);
  return Array.from({ length: width }, (_, at) => buffer.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
};

const MAX_ENTRY_BYTES = 65_535;

/**
 * Entries with their lengths in front, two bytes each, most significant first.
 * @throws RangeError for an entry that is longer than its length can say
 */
export const encodeEntries = (entries: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes is too long`);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );

/** The entries of a bundle, or nothing when there are not exactly `width` of them. */
export const decodeEntries = (bytes: Uint8Array, width: number): Buffer[] | undefined => {
  const buffer = Buffer.from(bytes);
  const entries: Buffer[] = [];
  let at = 0;
  while (entries.length < width) {
    if (at + 2 > buffer.length) return undefined;
    const end = at + 2 + buffer.readUInt16BE(at);
    if (end > buffer.length) return undefined;
    entries.push(buffer.subarray(at + 2, end));
    at = end;
  }
  return at === buffer.length ? entries : undefined;
};

/** Bytes of a log by their path; nothing for what is not there. */
export type LogReader = (path: string) => Promise<Uint8Array | undefined>;

/** A log does not have what it should have at this path. */
export class LogIncomplete extends Error {
  override readonly name = 'LogIncomplete' as const;
  readonly path: string;
  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}

/** @throws LogIncomplete */
export const readHashes = async (read: LogReader, tile: Tile): Promise<Hash[]> => {
  const path = tilePath(tile);
  const bytes = await read(path);
  if (bytes === undefined) throw new LogIncomplete(path, 'there is no such tile');
  const hashes = decodeHashes(bytes, tile.width);
  if (hashes === undefined)
    throw new LogIncomplete(path, `expected ${tile.width} hashes of ${HASH_BYTES} bytes, found ${bytes.length} bytes`);
  return hashes;
};

/** The nodes of the tree of `size` leaves, read from its tiles, each once. They throw LogIncomplete. */
export const nodesOf = (read: LogReader, size: number): Nodes => {
  const tiles = new Map<string, Promise<Hash[]>>();
  const tileOf = (tile: Tile): Promise<Hash[]> => {
    const path = tilePath(tile);
    const known = tiles.get(path) ?? readHashes(read, tile);
    tiles.set(path, known);
    return known;
  };
  return async (level, index) => {
    const tileLevel = Math.floor(level / TILE_LEVELS);
    const spread = 2 ** (level % TILE_LEVELS);
    const first = index * spread;
    const tile = tileAt(tileLevel, Math.floor(first / TILE_WIDTH), size);
    const from = first % TILE_WIDTH;
    if (tile === undefined || from + spread > tile.width)
      throw new RangeError(`a tree of ${size} leaves has no node ${index} on level ${level}`);
    return rootOf((await tileOf(tile)).slice(from, from + spread));
  };
};
