import { type BinCounts, BinReader, coarser, encodeBinCounts } from './bin-counts.ts';
import { MAX_BINS } from './sketch.ts';
import type { SketchForm } from './sketch-form.ts';

/** All bins there are: 2^17 of each sign. */
const BINS = 2 ** 18;
const FIRST = -BINS / 2;
const PAGE_BITS = 6;

/**
 * Merges sketches, all at once and each into the same memory: a count for every bin of the lattice, with a mark for each
 * octave that was touched, so that what is read and cleared is what was written. Gives what `Sketch.merge` gives, bit for
 * bit; that one needs no 2 MB, and can go on counting.
 */
export class SketchMerger {
  readonly #counts = new Float64Array(BINS);
  readonly #touched = new Uint8Array(BINS >> PAGE_BITS);
  readonly #reader = new BinReader();

  /** @throws TypeError when a form contradicts itself; what was merged before is lost, and the merger of no more use */
  merge(forms: readonly SketchForm[]): SketchForm {
    let level = Math.max(0, ...forms.map((form) => form.level));
    for (const form of forms) this.#add(form, level - form.level);
    let merged = this.#taken();
    while (merged.bins.length > MAX_BINS) {
      merged = coarser(merged, 1);
      level += 1;
    }
    const count = forms.reduce((sum, form) => sum + form.count, 0);
    const min = forms.reduce((least, form) => Math.min(least, form.min ?? least), Number.POSITIVE_INFINITY);
    const max = forms.reduce((most, form) => Math.max(most, form.max ?? most), Number.NEGATIVE_INFINITY);
    const nonFinite = forms.reduce((sum, form) => sum + form.nonFinite, 0);
    return { bins: encodeBinCounts(merged), count, level, nonFinite, ...(count > 0 ? { min, max } : {}) };
  }

  #add(form: SketchForm, shift: number): void {
    const { bins, counts } = this.#reader.read(form.bins);
    let total = 0;
    for (let index = 0; index < bins.length; index += 1) {
      const place = ((bins[index] as number) >> shift) - FIRST;
      // Outside the lattice a typed array would forget the count without a word; the sum below would not know.
      if (place < 0 || place >= BINS) throw new TypeError(`a sketch has a bin ${bins[index]}, which there is not`);
      const count = counts[index] as number;
      total += count;
      this.#counts[place] = (this.#counts[place] as number) + count;
      this.#touched[place >> PAGE_BITS] = 1;
    }
    if (total !== form.count) throw new TypeError(`a sketch of ${form.count} values has ${total} in its bins`);
  }

  /** What was added, in order; nothing of it is left behind. */
  #taken(): BinCounts {
    const bins: number[] = [];
    const counts: number[] = [];
    for (let page = this.#touched.indexOf(1); page >= 0; page = this.#touched.indexOf(1, page + 1)) {
      const [from, to] = [page << PAGE_BITS, (page + 1) << PAGE_BITS];
      for (let place = from; place < to; place += 1) {
        const count = this.#counts[place] as number;
        if (count === 0) continue;
        bins.push(place + FIRST);
        counts.push(count);
      }
      this.#counts.fill(0, from, to);
      this.#touched[page] = 0;
    }
    return { bins: Int32Array.from(bins), counts: Float64Array.from(counts) };
  }
}
