import { type BinCounts, decodeBinCounts, encodeBinCounts } from './bin-counts.ts';
import { binOf, edgesOf, middleOf, OCTAVE_LEVEL, RELATIVE_ERROR } from './float-bins.ts';
import type { SketchForm } from './sketch-form.ts';

/**
 * The most bins of a sketch: 32 octaves at full resolution. A feature that needs more gets bins twice as wide, again and
 * again: the level is the finest at which its values fit, hence a function of the values and not of their order.
 */
export const MAX_BINS = 2048;
const FIRST_CAPACITY = 16;
const EMPTY = -(2 ** 31);

/** Open addressing with the golden ratio as hash: neighbouring bins, which is what data has, land far apart. */
const slotOf = (keys: Int32Array, bin: number): number => {
  const mask = keys.length - 1;
  let slot = (Math.imul(bin, 0x9e3779b1) >>> 8) & mask;
  while (keys[slot] !== bin && keys[slot] !== EMPTY) slot = (slot + 1) & mask;
  return slot;
};

/**
 * How many values lie where on the lattice of `float-bins.ts`. Counts are integers and everything else is a function of
 * the set of values, so sketches of the parts of a data set add up to the sketch of the whole, bit for bit, in any order.
 */
export class Sketch {
  count = 0;
  nonFinite = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  level = 0;
  /** Bins in use. */
  live = 0;
  #keys: Int32Array = new Int32Array(FIRST_CAPACITY).fill(EMPTY);
  #counts: Float64Array = new Float64Array(FIRST_CAPACITY);

  static of(form: SketchForm): Sketch {
    const sketch = new Sketch();
    sketch.merge(form);
    return sketch;
  }

  add(value: number): void {
    if (!Number.isFinite(value)) {
      this.nonFinite += 1;
      return;
    }
    if (value < this.min) this.min = value + 0;
    if (value > this.max) this.max = value + 0;
    this.count += 1;
    this.#increase(binOf(value) >> this.level, 1);
  }

  /** @throws TypeError when the form contradicts itself: its bins do not hold `count` values */
  merge(form: SketchForm): void {
    if (form.level > this.level) this.#coarsenTo(form.level);
    const { bins, counts } = decodeBinCounts(form.bins);
    this.#reserve(this.live + bins.length);
    let merged = 0;
    for (let index = 0; index < bins.length; index += 1) {
      const count = counts[index] as number;
      merged += count;
      this.#put(((bins[index] as number) << form.level) >> this.level, count);
    }
    if (this.live > MAX_BINS) this.#coarsenTo(this.level + 1);
    if (merged !== form.count) throw new TypeError(`a sketch of ${form.count} values has ${merged} in its bins`);
    this.count += merged;
    this.nonFinite += form.nonFinite;
    if (form.min !== undefined && form.min < this.min) this.min = form.min;
    if (form.max !== undefined && form.max > this.max) this.max = form.max;
  }

  binCounts(): BinCounts {
    const bins = this.#keys.filter((bin) => bin !== EMPTY).sort();
    return { bins, counts: Float64Array.from(bins, (bin) => this.#counts[slotOf(this.#keys, bin)] as number) };
  }

  form(): SketchForm {
    const { count, level, nonFinite, min, max } = this;
    return {
      bins: encodeBinCounts(this.binCounts()),
      count,
      level,
      nonFinite,
      ...(count > 0 ? { min, max } : {}),
    };
  }

  /** A value from a bin is at most this share of itself away from what stands for it. */
  get relativeError(): number {
    return this.level > OCTAVE_LEVEL ? Number.POSITIVE_INFINITY : RELATIVE_ERROR * 2 ** this.level;
  }

  /**
   * The value at a share of the sorted values, by nearest rank, within `relativeError` of the exact one.
   * @returns undefined when there are no values
   */
  quantile(share: number): number | undefined {
    const { bins, counts } = this.binCounts();
    let missing = Math.max(1, Math.ceil(share * this.count));
    const at = counts.findIndex((count) => {
      missing -= count;
      return missing <= 0;
    });
    const bin = bins[at];
    return bin === undefined ? undefined : Math.min(this.max, Math.max(this.min, middleOf(bin, this.level)));
  }

  /**
   * The share of values up to `limit`. The bin that the limit falls into is taken as evenly filled; `error` is its
   * share, which bounds what that can be wrong by.
   */
  cdf(limit: number): { share: number; error: number } {
    if (this.count === 0) return { share: Number.NaN, error: 0 };
    if (limit < this.min) return { share: 0, error: 0 };
    if (limit >= this.max) return { share: 1, error: 0 };
    const own = binOf(limit) >> this.level;
    const { bins, counts } = this.binCounts();
    const below = counts.reduce((sum, count, index) => ((bins[index] as number) < own ? sum + count : sum), 0);
    const within = counts[bins.indexOf(own)] ?? 0;
    const [low, high] = edgesOf(own, this.level);
    return { share: (below + (within * (limit - low)) / (high - low)) / this.count, error: within / this.count };
  }

  /**
   * Values above a limit, as a whole number: what shares a bin with the limit does not count, as if the limit were up to
   * twice `relativeError` higher.
   */
  countAbove(limit: number): number {
    const own = binOf(limit) >> this.level;
    const { bins, counts } = this.binCounts();
    return counts.reduce((sum, count, index) => ((bins[index] as number) > own ? sum + count : sum), 0);
  }

  #increase(bin: number, by: number): void {
    this.#put(bin, by);
    if (this.live > MAX_BINS) this.#coarsenTo(this.level + 1);
    else this.#reserve(this.live);
  }

  /** Room for so many bins, in a table that is at most half full. */
  #reserve(bins: number): void {
    let capacity = this.#keys.length;
    while (capacity < bins * 2) capacity *= 2;
    if (capacity > this.#keys.length) this.#rebuild(capacity, 0);
  }

  #put(bin: number, by: number): void {
    const slot = slotOf(this.#keys, bin);
    if (this.#keys[slot] === EMPTY) {
      this.#keys[slot] = bin;
      this.#counts[slot] = by;
      this.live += 1;
    } else this.#counts[slot] = (this.#counts[slot] as number) + by;
  }

  #coarsenTo(level: number): void {
    this.#rebuild(this.#keys.length, level - this.level);
    this.level = level;
    if (this.live > MAX_BINS) this.#coarsenTo(level + 1);
  }

  #rebuild(capacity: number, shift: number): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#keys = new Int32Array(capacity).fill(EMPTY);
    this.#counts = new Float64Array(capacity);
    this.live = 0;
    for (let slot = 0; slot < keys.length; slot += 1) {
      const bin = keys[slot] as number;
      if (bin !== EMPTY) this.#put(bin >> shift, counts[slot] as number);
    }
  }
}
