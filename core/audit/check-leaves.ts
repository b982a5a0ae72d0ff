import type { Reason } from '../kernel/reason.ts';
import { readLeaf } from './leaf.ts';
import { TILE_WIDTH, tilePath } from './tile.ts';

/** Where a leaf stands, as whoever looks into it finds it. */
export const placeOf = (index: number): string =>
  `leaf ${index} in ${tilePath({ level: 'entries', index: Math.floor(index / TILE_WIDTH), width: TILE_WIDTH })}`;

/** Holds the leaves of a log, one after the other, against what its sequencer never writes. */
export class LeafOrder {
  /** One entry per leaf of the log: what tells a fact that stands twice. */
  readonly #seen = new Map<string, number>();
  #loggedAt = '';
  #from: string | undefined;

  /** The times at which the first and the last leaf were logged. */
  get logged(): { from: string; to: string } | undefined {
    return this.#from === undefined ? undefined : { from: this.#from, to: this.#loggedAt };
  }

  check(index: number, entry: Uint8Array): Reason[] {
    const leaf = readLeaf(entry);
    const path = placeOf(index);
    if (leaf === undefined)
      return [{ rule: 'audit.leaf-malformed', path, message: 'this entry is not as the sequencer writes leaves' }];
    const { id, loggedAt } = leaf;
    const reasons: Reason[] = [];
    const before = this.#seen.get(id);
    if (before !== undefined)
      reasons.push({ rule: 'audit.leaf-twice', path, message: `the fact stands at leaf ${before} too`, found: id });
    else this.#seen.set(id, index);
    if (loggedAt < this.#loggedAt)
      reasons.push({
        rule: 'audit.time-reversed',
        path,
        message: 'this leaf says that it was logged before the one in front of it',
        found: loggedAt,
        allowed: `${this.#loggedAt} or later`,
      });
    this.#loggedAt = loggedAt;
    this.#from ??= loggedAt;
    return reasons;
  }
}
