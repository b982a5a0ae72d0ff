import type { Reason } from '../kernel/reason.ts';
import { LeafOrder, placeOf } from './check-leaves.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { CHECKPOINT } from './contract.ts';
import { type Hash, leafHash } from './merkle.ts';
import type { NoteKey } from './note.ts';
import {
  decodeEntries,
  decodeHashes,
  edgeTiles,
  encodeHashes,
  type LogReader,
  TILE_WIDTH,
  type Tile,
  tileAt,
  tilePath,
} from './tile.ts';
import { EMPTY_EDGE, growTree, rootOfEdge, type TreeEdge } from './tree-edge.ts';

export type LogQuestion = {
  readonly read: LogReader;
  readonly key: NoteKey;
  /** Checkpoints of this log that were kept before or elsewhere, as signed notes, by what to call them. */
  readonly kept?: Readonly<Record<string, string>>;
  /** Leaves looked at so far, and in all. */
  readonly onProgress?: (done: number, size: number) => void;
};

export type LogAnswer = {
  readonly outcome: 'valid' | 'invalid';
  readonly checkpoint?: Checkpoint;
  /** The signed note that it stands in: what to keep for the next time. */
  readonly note?: string;
  /** When the first and the last leaf were logged. */
  readonly logged?: { readonly from: string; readonly to: string };
  /** At most 20 of each rule: what is wrong once is often wrong everywhere behind. */
  readonly reasons: readonly Reason[];
};

const MAX_OF_A_RULE = 20;
/** Bundles read at a time, with the tile of their hashes: at most 16 MiB each. */
const READ_AHEAD = 8;

const missing = (path: string): Reason => ({
  rule: 'audit.missing',
  path,
  message: 'the checkpoint promises this object, and it is not there',
  fix: 'Look for a delete marker on it, and compare with the independent copy.',
});

const damaged = (path: string): Reason => ({
  rule: 'audit.damaged',
  path,
  message: 'this object does not hold what its name says',
  fix: 'Look for an older version of it, and compare with the independent copy.',
});

/** One reading of a log from its first leaf to its last: everything is computed anew and compared with what stands. */
class Reading {
  readonly #question: LogQuestion;
  readonly #head: Checkpoint;
  readonly #marks: readonly { name: string; checkpoint: Checkpoint }[];
  readonly #order = new LeafOrder();
  readonly reasons: Reason[] = [];
  readonly #told = new Map<string, number>();
  #edge: TreeEdge = EMPTY_EDGE;
  /** Neither leaves nor hashes of some place: no tree behind it can be computed. */
  #isTorn = false;

  constructor(question: LogQuestion, head: Checkpoint, marks: readonly { name: string; checkpoint: Checkpoint }[]) {
    this.#question = question;
    this.#head = head;
    this.#marks = marks;
  }

  get logged() {
    return this.#order.logged;
  }

  #tell(reason: Reason): void {
    const told = this.#told.get(reason.rule) ?? 0;
    this.#told.set(reason.rule, told + 1);
    if (told < MAX_OF_A_RULE) this.reasons.push(reason);
  }

  async run(): Promise<void> {
    const { size } = this.#head;
    this.#compareMarks();
    const bundles = Math.ceil(size / TILE_WIDTH);
    for (let first = 0; first < bundles; first += READ_AHEAD) {
      const ahead = Array.from({ length: Math.min(READ_AHEAD, bundles - first) }, (_, at) => this.#load(first + at));
      for (const { tile, entries, hashes } of await Promise.all(ahead)) {
        await this.#take(tile, entries, hashes);
        this.#question.onProgress?.(this.#edge.size, size);
      }
    }
    if (this.#isTorn) return;
    for (const tile of edgeTiles(size))
      if (tile.level !== 0) await this.#compare(tile, this.#edge.partials[Number(tile.level)] ?? []);
    if (!rootOfEdge(this.#edge).equals(this.#head.root))
      this.#tell({
        rule: 'audit.root-differs',
        path: CHECKPOINT,
        message: `the ${size} leaves that stand do not have the root that the log signed`,
        found: rootOfEdge(this.#edge).toString('base64'),
        allowed: this.#head.root.toString('base64'),
      });
  }

  async #load(index: number) {
    const { size } = this.#head;
    const tile = tileAt('entries', index, size) as Tile;
    const [entries, hashes] = await Promise.all([
      this.#question.read(tilePath(tile)),
      this.#question.read(tilePath({ ...tile, level: 0 })),
    ]);
    return { tile, entries, hashes };
  }

  /** The leaves of one bundle. Where they cannot be read, the hashes that stand for them let the reading go on. */
  async #take(tile: Tile, bundle: Uint8Array | undefined, stored: Uint8Array | undefined): Promise<void> {
    const first = tile.index * TILE_WIDTH;
    const entries = bundle && decodeEntries(bundle, tile.width);
    const standing = stored && decodeHashes(stored, tile.width);
    if (entries === undefined) this.#tell((bundle === undefined ? missing : damaged)(tilePath(tile)));
    if (standing === undefined) this.#tell((stored === undefined ? missing : damaged)(tilePath({ ...tile, level: 0 })));
    entries?.forEach((entry, at) => {
      for (const reason of this.#order.check(first + at, entry)) this.#tell(reason);
    });
    const hashes = entries?.map(leafHash) ?? standing;
    if (hashes === undefined) this.#isTorn = true;
    hashes?.forEach((hash, at) => {
      if (standing !== undefined && !standing[at]?.equals(hash))
        this.#tell({
          rule: 'audit.entry-differs',
          path: placeOf(first + at),
          message: 'the leaf and its hash in the tree are not of one another: one of them was changed',
        });
    });
    if (hashes !== undefined && !this.#isTorn) await this.#append(hashes);
  }

  async #append(hashes: readonly Hash[]): Promise<void> {
    const end = this.#edge.size + hashes.length;
    const stops = this.#marks.map(({ checkpoint }) => checkpoint.size).filter((size) => size < end);
    let rest = hashes;
    for (const stop of [...stops, end]) {
      if (stop <= this.#edge.size) continue;
      const count = stop - this.#edge.size;
      const { edge, tiles } = growTree(this.#edge, rest.slice(0, count));
      this.#edge = edge;
      rest = rest.slice(count);
      for (const tile of tiles)
        if (tile.level !== 0 && tile.width === TILE_WIDTH) await this.#compare(tile, tile.hashes);
      this.#compareMarks();
    }
  }

  async #compare(tile: Tile, hashes: readonly Hash[]): Promise<void> {
    const path = tilePath(tile);
    const stored = await this.#question.read(path);
    if (stored === undefined) this.#tell(missing(path));
    else if (!encodeHashes(hashes).equals(stored)) this.#tell(damaged(path));
  }

  #compareMarks(): void {
    for (const { name, checkpoint } of this.#marks)
      if (checkpoint.size === this.#edge.size && !rootOfEdge(this.#edge).equals(checkpoint.root))
        this.#tell({
          rule: 'audit.forked',
          path: name,
          message: `the log does not begin with the ${checkpoint.size} leaves that its key signed there`,
          found: rootOfEdge(this.#edge).toString('base64'),
          allowed: checkpoint.root.toString('base64'),
          fix: 'Keep both: two signed checkpoints that contradict each other are the evidence.',
        });
  }
}

const invalid = (reason: Reason): LogAnswer => ({ outcome: 'invalid', reasons: [reason] });

const notSigned = (path: string): Reason => ({
  rule: 'audit.not-signed',
  path,
  message: 'this is no checkpoint that the key given signed',
});

/**
 * Whether a log is what its key has signed, now and whenever a checkpoint was kept: every leaf, every tile, the order of
 * the leaves, and the trees of the kept checkpoints, all computed anew from the entries.
 */
export const verifyLog = async (question: LogQuestion): Promise<LogAnswer> => {
  const bytes = await question.read(CHECKPOINT);
  if (bytes === undefined) return invalid(missing(CHECKPOINT));
  const note = Buffer.from(bytes).toString('utf8');
  const head = openCheckpoint(note, question.key);
  if (head === undefined) return invalid(notSigned(CHECKPOINT));
  const reasons: Reason[] = [];
  const marks = Object.entries(question.kept ?? {}).flatMap(([name, text]) => {
    const checkpoint = openCheckpoint(text, question.key);
    if (checkpoint === undefined) reasons.push(notSigned(name));
    else if (checkpoint.size > head.size)
      reasons.push({
        rule: 'audit.shortened',
        path: name,
        message: 'the log has fewer leaves than its key signed there',
        found: String(head.size),
        allowed: `${checkpoint.size} or more`,
      });
    else return [{ name, checkpoint }];
    return [];
  });
  marks.sort((one, other) => one.checkpoint.size - other.checkpoint.size);
  const reading = new Reading(question, head, marks);
  await reading.run();
  reasons.push(...reading.reasons);
  return {
    outcome: reasons.length === 0 ? 'valid' : 'invalid',
    checkpoint: head,
    note,
    ...(reading.logged !== undefined && { logged: reading.logged }),
    reasons,
  };
};
