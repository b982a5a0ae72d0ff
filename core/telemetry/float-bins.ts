/**
 * A lattice over all finite float64: the sign, the exponent and the first 6 bits of the mantissa, the top 18 bits of
 * the number as it lies in memory. Bins of one sign are in the order of their values and 1/64 of an octave wide, so the
 * middle of a bin is within 1/128 (0.78 %) of every value in it. Zero and what is denormal share bin 0.
 */
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
/** Where the high word lies depends on the machine's byte order. */
const HIGH = words[1] === 0 ? 0 : 1;

const MANTISSA_BITS = 6;
const SHIFT = 20 - MANTISSA_BITS;
const SIGN = 1 << 17;
/** The exponent of infinity: the first bin that holds no finite number. */
const INFINITE = 0x7ff << MANTISSA_BITS;

/** A value within a bin is at most this share of itself away from the middle of the bin, at level 0. */
export const RELATIVE_ERROR = 1 / 2 ** (MANTISSA_BITS + 1);

/** At this level a bin is one octave wide; above it the relative error has no bound. */
export const OCTAVE_LEVEL = MANTISSA_BITS;

/**
 * The bin of a finite number: negative for negative numbers, in the order of the numbers. A bin of level `n` is
 * `bin >> n`, two neighbours becoming one at each level; the shift keeps the sign, so this holds on both sides of zero.
 */
export const binOf = (value: number): number => {
  // Adding 0 turns -0 into 0: one number, one bin.
  float[0] = value + 0;
  const top = (words[HIGH] as number) >>> SHIFT;
  return top < SIGN ? top : ~(top - SIGN);
};

const edge = (magnitude: number): number => {
  if (magnitude >= INFINITE) return Number.MAX_VALUE;
  words[1 - HIGH] = 0;
  words[HIGH] = magnitude << SHIFT;
  return float[0] as number;
};

/** The numbers from which and below which a bin of a level extends (of a negative bin: above which and up to which). */
export const edgesOf = (bin: number, level: number): readonly [low: number, high: number] => {
  if (bin >= 0) return [edge(bin << level), edge((bin + 1) << level)];
  const [low, high] = edgesOf(~bin, level);
  return [-high, -low];
};

/** What stands for every value in a bin. */
export const middleOf = (bin: number, level: number): number => {
  const [low, high] = edgesOf(bin, level);
  return low + (high - low) / 2;
};
