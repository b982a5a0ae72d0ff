/** How many values lie in which bin, in ascending order of bins; bins without values are left out. */
export type BinCounts = { readonly bins: Int32Array; readonly counts: Float64Array };

/** The same values over bins that are `2 ** shift` times as wide. */
export const coarser = (fine: BinCounts, shift: number): BinCounts => {
  if (shift === 0) return fine;
  const { bins, counts } = fine;
  const merged = { bins: new Int32Array(bins.length), counts: new Float64Array(bins.length) };
  let used = 0;
  bins.forEach((narrow, index) => {
    const bin = narrow >> shift;
    if (used === 0 || merged.bins[used - 1] !== bin) merged.bins[used++] = bin;
    merged.counts[used - 1] = (merged.counts[used - 1] as number) + (counts[index] as number);
  });
  return { bins: merged.bins.subarray(0, used), counts: merged.counts.subarray(0, used) };
};

/** In base 128, the low digits first (LEB128). */
const push = (bytes: number[], value: number): void => {
  let rest = value;
  // Division, since shifts end at 32 bits and counts at 53.
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
};

/** The first bin may be negative: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/**
 * As text: for each bin its distance from the one before and its count, in base 128, all of it in base64. One list has
 * one text. A thousand bins are about 4 KB of a JSON document, which parses at the speed of a copy.
 */
export const encodeBinCounts = ({ bins, counts }: BinCounts): string => {
  const bytes: number[] = [];
  bins.forEach((bin, index) => {
    push(bytes, index === 0 ? zigzag(bin) : bin - (bins[index - 1] as number));
    push(bytes, counts[index] as number);
  });
  return Buffer.from(bytes).toString('base64');
};

/**
 * Reads texts of `encodeBinCounts`, one after the other into the same memory: a check reads thousands of them, and to
 * allocate for each takes longer than to read it.
 */
export class BinReader {
  #bins = new Int32Array(0);
  #counts = new Float64Array(0);
  #bytes = Buffer.alloc(0);

  /**
   * Valid until the next call, which writes over it.
   * @throws TypeError when the text is not what `encodeBinCounts` writes
   */
  read(text: string): BinCounts {
    if (text.length > this.#bytes.length) this.#reserve(text.length * 2);
    const [bytes, bins, counts] = [this.#bytes, this.#bins, this.#counts];
    const end = bytes.write(text, 'base64');
    let used = 0;
    let last = 0;
    let at = 0;
    const rest = (low: number): number => {
      let value = low & 0x7f;
      for (let factor = 0x80; ; factor *= 0x80) {
        if (at >= end) throw new TypeError('counts of bins end in the middle of one');
        const byte = bytes[at++] as number;
        value += (byte & 0x7f) * factor;
        if (byte < 0x80) return value;
      }
    };
    while (at < end) {
      const low = bytes[at++] as number;
      const step = low < 0x80 ? low : rest(low);
      last = used === 0 ? unzigzag(step) : last + step;
      bins[used] = last;
      if (at >= end) throw new TypeError('counts of bins end in the middle of one');
      const count = bytes[at++] as number;
      counts[used++] = count < 0x80 ? count : rest(count);
    }
    return { bins: bins.subarray(0, used), counts: counts.subarray(0, used) };
  }

  #reserve(bytes: number): void {
    this.#bytes = Buffer.alloc(bytes);
    this.#bins = new Int32Array(bytes >> 1);
    this.#counts = new Float64Array(bytes >> 1);
  }
}

const reader = /* @__PURE__ */ new BinReader();

/** @throws TypeError when the text is not what `encodeBinCounts` writes */
export const decodeBinCounts = (text: string): BinCounts => {
  const { bins, counts } = reader.read(text);
  return { bins: bins.slice(), counts: counts.slice() };
};
