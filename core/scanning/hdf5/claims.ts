import { Unscannable } from '../scan.ts';

type Extent = { readonly start: number; readonly end: number; readonly what: string };

/**
 * Who owns which bytes. Owners are disjoint, so together they cannot be larger than the space: that is known at once,
 * which bounds the work; who overlaps with whom is known at the end.
 */
export class Claims {
  readonly #size: number;
  readonly #extents: Extent[] = [];
  #total = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(start: number, length: number, what: string): void {
    if (length === 0) return;
    this.#total += length;
    if (this.#total > this.#size)
      throw new Unscannable('hdf5.overlap', { what: `${what} and others are larger than the file`, offset: start });
    this.#extents.push({ start, end: start + length, what });
  }

  /** @throws Unscannable for the first two that share bytes */
  check(): void {
    const sorted = [...this.#extents].sort((a, b) => a.start - b.start || a.end - b.end);
    for (const [i, next] of sorted.entries()) {
      const before = sorted[i - 1];
      if (before !== undefined && next.start < before.end)
        throw new Unscannable('hdf5.overlap', { what: `${before.what} and ${next.what} overlap`, offset: next.start });
    }
  }
}
