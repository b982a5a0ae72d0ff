import { type Digest, hexOf } from '../../kernel/digest.ts';

/** Marsaglia's xorshift with 32 bits of state: even enough to draw rows with, and the same on every machine. */
const generator = (seed: number): (() => number) => {
  let state = seed === 0 ? 1 : seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

/**
 * A uniform sample of a stream, drawn by its digest: the same bytes give the same sample, and whoever orders the rows
 * cannot choose which of them are looked at without changing it.
 * Source: J. S. Vitter, Random sampling with a reservoir, algorithm R, ACM TOMS 11 (1985).
 */
export class Reservoir<Item> {
  readonly #most: number;
  readonly #random: () => number;
  readonly #kept: { at: number; item: Item }[] = [];
  count = 0;

  constructor(most: number, digest: Digest) {
    this.#most = most;
    this.#random = generator(Number.parseInt(hexOf(digest).slice(0, 8), 16) | 0);
  }

  /** @param make is called only for what is kept */
  offer(make: () => Item): void {
    const at = this.count++;
    const place = at < this.#most ? at : Math.floor(this.#random() * this.count);
    if (place < this.#most) this.#kept[place] = { at, item: make() };
  }

  /** What was kept, in the order of the stream. */
  items(): Item[] {
    return this.#kept.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
  }
}
