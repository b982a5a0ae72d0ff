import { appendEntries, readTail } from './append-entries.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { CHECKPOINT } from './contract.ts';
import { LogDiffers, Superseded } from './failures.ts';
import { EMPTY_ROOT, type Hash, leafHash } from './merkle.ts';
import type { NoteKey } from './note.ts';
import type { CheckpointObject, LogObjects, StandingCheckpoint } from './ports.ts';
import { decodeEntries, type LogReader, TILE_WIDTH, tileAt, tilePath } from './tile.ts';
import { growTree, readEdge, rootOfEdge } from './tree-edge.ts';

export type CopyPorts = {
  /** The log, as it says it is. */
  readonly log: LogReader;
  readonly copy: LogObjects;
  readonly checkpoint: CheckpointObject;
  readonly key: () => Promise<NoteKey>;
};

/** Bundles written at a time: a run that dies in between has not lost what it did. */
const STRIDE = 16;

const entriesFrom = async (log: LogReader, { from, to, size }: { from: number; to: number; size: number }) => {
  const entries: Buffer[] = [];
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index += 1) {
    const tile = tileAt('entries', index, size);
    const bytes = tile && (await log(tilePath(tile)));
    const bundle = bytes && decodeEntries(bytes, tile.width);
    if (bundle === undefined) throw new LogDiffers(`the entries from ${index * TILE_WIDTH} on are missing or damaged`);
    const skipped = Math.max(0, from - index * TILE_WIDTH);
    entries.push(...bundle.slice(skipped, to - index * TILE_WIDTH));
  }
  return entries;
};

/** The hashes of the leaves that are new, once they are known to lead from the copy's tree to the log's. */
const newLeaves = async ({ log, copy }: CopyPorts, before: Checkpoint, head: Checkpoint): Promise<Hash[]> => {
  let edge = await readEdge(copy.read, before.size);
  if (!rootOfEdge(edge).equals(before.root)) throw new LogDiffers('the copy does not have the tree that it was given');
  const hashes: Hash[] = [];
  for (let from = before.size; from < head.size; ) {
    const to = Math.min(head.size, (Math.floor(from / TILE_WIDTH) + 1) * TILE_WIDTH);
    const leaves = (await entriesFrom(log, { from, to, size: head.size })).map(leafHash);
    edge = growTree(edge, leaves).edge;
    hashes.push(...leaves);
    from = to;
  }
  if (!rootOfEdge(edge).equals(head.root))
    throw new LogDiffers(`the ${head.size} leaves signed now do not begin with the ${before.size} that were copied`);
  return hashes;
};

const opened = (note: string | undefined, key: NoteKey, whose: string): Checkpoint => {
  const checkpoint = note === undefined ? undefined : openCheckpoint(note, key);
  if (checkpoint === undefined) throw new LogDiffers(`${whose} has no checkpoint that its key signed`);
  return checkpoint;
};

const standingHead = (standing: StandingCheckpoint | undefined, key: NoteKey): Checkpoint =>
  standing === undefined ? { origin: key.name, size: 0, root: EMPTY_ROOT } : opened(standing.note, key, 'the copy');

/**
 * Takes the log over into its copy, if it goes on from what was copied before. Nothing of a fork is written: the leaves
 * are hashed to the root first, and only then kept.
 * @throws LogDiffers, Superseded
 */
export const copyLog = (ports: CopyPorts) => async (): Promise<{ size: number; copied: number }> => {
  const key = await ports.key();
  const bytes = await ports.log(CHECKPOINT);
  const note = bytes && Buffer.from(bytes).toString('utf8');
  const head = opened(note, key, 'the log');
  const standing = await ports.checkpoint.find();
  const before = standingHead(standing, key);
  if (head.size < before.size)
    throw new LogDiffers(`the log has ${head.size} leaves, and ${before.size} were copied before`);
  const hashes = await newLeaves(ports, before, head);
  let tail = await readTail(ports.copy, { size: before.size, root: before.root.toString('base64') });
  while (tail.edge.size < head.size) {
    const { size } = tail.edge;
    const to = Math.min(head.size, (Math.floor(size / TILE_WIDTH) + STRIDE) * TILE_WIDTH);
    const entries = await entriesFrom(ports.log, { from: size, to, size: head.size });
    const from = size - before.size;
    if (!entries.every((entry, index) => hashes[from + index]?.equals(leafHash(entry))))
      throw new LogDiffers('the log changed while it was copied');
    tail = await appendEntries(ports.copy, tail, entries);
  }
  if (note !== undefined && head.size > before.size && !(await ports.checkpoint.replace(note, standing)))
    throw new Superseded('another run copied the log');
  return { size: head.size, copied: hashes.length };
};
