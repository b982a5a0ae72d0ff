/** Marsaglia's xorshift32: the same choices for the same seed, on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** From 0 up to, but not including, `end`. */
  below(end: number): number {
    return end <= 1 ? 0 : this.next() % end;
  }

  chance(share: number): boolean {
    return this.next() / 2 ** 32 < share;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }
}
