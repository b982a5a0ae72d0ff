import { upperGamma } from './incomplete-gamma.ts';

export type ChiSquare = { readonly statistic: number; readonly freedom: number; readonly pValue: number };

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const resultOf = (statistic: number, freedom: number): ChiSquare => ({
  statistic,
  freedom,
  pValue: freedom < 1 ? 1 : upperGamma(freedom / 2, statistic / 2),
});

/**
 * Pearson's test that two histograms over the same bins are samples of one distribution (a contingency table of two
 * rows, without Yates' correction). Bins that are empty in both are left out.
 */
export const chiSquareOfTwo = (reference: readonly number[], current: readonly number[]): ChiSquare => {
  const [n, m] = [sum(reference), sum(current)];
  let statistic = 0;
  let used = 0;
  reference.forEach((count, bin) => {
    const both = count + (current[bin] as number);
    if (both === 0) return;
    used += 1;
    const [expected, actual] = [(both * n) / (n + m), (both * m) / (n + m)];
    statistic += (count - expected) ** 2 / expected + ((current[bin] as number) - actual) ** 2 / actual;
  });
  return resultOf(statistic, used - 1);
};

/**
 * Pearson's test that a histogram is a sample of exactly the shares of another one. What has no share there cannot be:
 * the statistic is infinite.
 */
export const chiSquareOfFit = (reference: readonly number[], current: readonly number[]): ChiSquare => {
  const scale = sum(current) / sum(reference);
  const statistic = reference.reduce((total, count, bin) => {
    const difference = (current[bin] as number) - count * scale;
    return difference === 0 ? total : total + difference ** 2 / (count * scale);
  }, 0);
  return resultOf(statistic, reference.length - 1);
};
