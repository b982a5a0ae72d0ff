/** How many values lie in which bin, in ascending order of bins; bins without values are left out. */
export type BinCounts = { readonly bins: Int32Array; readonly counts: Float64Array };

/** The same values over bins that are `2 ** shift` times as wide. */
export const coarser = ({ bins, counts }: BinCounts, shift: number): BinCounts => {
  const merged = { bins: new Int32Array(bins.length), counts: new Float64Array(bins.length) };
  let used = 0;
  bins.forEach((fine, index) => {
    const bin = fine >> shift;
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

/** @throws TypeError when the text is not what `encodeBinCounts` writes */
export const decodeBinCounts = (text: string): BinCounts => {
  const bytes = Buffer.from(text, 'base64');
  const bins = new Int32Array(bytes.length >> 1);
  const counts = new Float64Array(bytes.length >> 1);
  let at = 0;
  const next = (): number => {
    let byte = bytes[at++] ?? Number.NaN;
    let value = byte & 0x7f;
    for (let factor = 0x80; byte >= 0x80; factor *= 0x80) {
      byte = bytes[at++] ?? Number.NaN;
      value += (byte & 0x7f) * factor;
    }
    if (Number.isNaN(byte)) throw new TypeError('counts of bins end in the middle of one');
    return value;
  };
  let used = 0;
  let last = 0;
  while (at < bytes.length) {
    const step = next();
    last = used === 0 ? unzigzag(step) : last + step;
    bins[used] = last;
    counts[used] = next();
    used += 1;
  }
  return { bins: bins.subarray(0, used), counts: counts.subarray(0, used) };
};
