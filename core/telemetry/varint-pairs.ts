/**
 * Pairs of integers in ascending order of the first, as text: differences of the first and the second as they are, each
 * in base 128 with the low digits first (LEB128), the whole in base64. One list has one form. A sketch of a thousand
 * bins is about 4 KB of a JSON document, which parses at the speed of a copy.
 */
const push = (bytes: number[], value: number): void => {
  let rest = value;
  // Division, since shifts end at 32 bits and counts at 53.
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
};

/** The first of all pairs may be negative: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

export type Pair = readonly [key: number, count: number];

export const encodePairs = (pairs: readonly Pair[]): string => {
  const bytes: number[] = [];
  let last: number | undefined;
  for (const [key, count] of pairs) {
    push(bytes, last === undefined ? zigzag(key) : key - last);
    push(bytes, count);
    last = key;
  }
  return Buffer.from(bytes).toString('base64');
};

/** @throws TypeError when the text is not what `encodePairs` writes */
export const forEachPair = (text: string, visit: (key: number, count: number) => void): void => {
  const bytes = Buffer.from(text, 'base64');
  let at = 0;
  const next = (): number => {
    let value = 0;
    let factor = 1;
    for (; at < bytes.length; factor *= 0x80) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new TypeError('pairs of integers end in the middle of one');
  };
  let key: number | undefined;
  while (at < bytes.length) {
    const step = next();
    key = key === undefined ? (step % 2 === 0 ? step / 2 : -(step + 1) / 2) : key + step;
    visit(key, next());
  }
};
