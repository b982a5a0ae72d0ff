import { type Digest, hexOf } from '../../kernel/digest.ts';

/** Marsaglia's xorshift with 32 bits of state: even enough to draw rows with, and the same on every machine. */
export const drawnBy = (digest: Digest): (() => number) => {
  let state = Number.parseInt(hexOf(digest).slice(0, 8), 16) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

/**
 * A uniform sample of a stream, of a size that may become smaller on the way.
 * Source: J. S. Vitter, Random sampling with a reservoir, algorithm R, ACM TOMS 11 (1985).
 */
export class Reservoir<Item> {
  readonly items: Item[] = [];
  readonly #random: () => number;
  #most: number;
  #count = 0;

  constructor(most: number, random: () => number) {
    this.#most = most;
    this.#random = random;
  }

  /** @param make is called only for what is kept */
  offer(make: () => Item): void {
    this.#count += 1;
    const place = this.#count <= this.#most ? this.items.length : this.#below(this.#count);
    if (place < this.#most) this.items[place] = make();
  }

  shrink(most: number): void {
    this.#most = most;
    while (this.items.length > most) {
      const [last, place] = [this.items.pop(), this.#below(this.items.length + 1)];
      if (last !== undefined && place < this.items.length) this.items[place] = last;
    }
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }
}
