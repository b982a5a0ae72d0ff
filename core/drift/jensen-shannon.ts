const shares = (counts: readonly number[]): number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
};

/** The part of a Kullback–Leibler divergence that one bin adds; an empty bin adds nothing. */
const term = (share: number, middle: number): number => (share === 0 ? 0 : share * Math.log(share / middle));

/**
 * Jensen–Shannon distance of two histograms over the same bins: the square root of the divergence, 0 for equal shares
 * and, in base 2, 1 for shares that have no bin in common. Lin (1991); Endres and Schindelin (2003).
 * @param reference counts per bin, at least one above 0; so `current`
 * @param base of the logarithm: 2 (NannyML) or e (Evidently, SciPy)
 */
export const jensenShannonDistance = (
  reference: readonly number[],
  current: readonly number[],
  base: number = 2,
): number => {
  const actual = shares(current);
  const divergence = shares(reference).reduce((total, expected, bin) => {
    const share = actual[bin] as number;
    const middle = (expected + share) / 2;
    return total + term(expected, middle) + term(share, middle);
  }, 0);
  // Rounding may leave a divergence of equal shares below 0.
  return Math.sqrt(Math.max(0, divergence / 2 / Math.log(base)));
};
