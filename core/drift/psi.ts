/**
 * Empty bins are floored; without it one empty bin makes the index infinite and pages someone about a category that was
 * merely rare. Where the smallest share is below the floor already, the floor goes well below that share.
 */
const FLOOR = 1e-4;

const floored = (counts: readonly number[], total: number): number[] => {
  const smallest = Math.min(...counts.filter((count) => count > 0)) / total;
  const floor = smallest <= FLOOR ? smallest / 1e6 : FLOOR;
  return counts.map((count) => (count === 0 ? floor : count / total));
};

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/**
 * Population stability index of two histograms over the same bins: the symmetric Kullback–Leibler divergence, in nats.
 * Siddiqi, Credit Risk Scorecards (2006); empty bins as in Evidently. For a normal feature that moves by `d` standard
 * deviations it is about `d²`.
 * @param reference counts per bin, at least one above 0; so `current`
 */
export const psi = (reference: readonly number[], current: readonly number[]): number => {
  const expected = floored(reference, sum(reference));
  const actual = floored(current, sum(current));
  return actual.reduce((total, share, bin) => {
    const usual = expected[bin] as number;
    return total + (share - usual) * Math.log(share / usual);
  }, 0);
};

/**
 * What the index is on average when both histograms are samples of one distribution: sampling alone gives (bins − 1)
 * (1/n + 1/m). Yurdakul, Statistical Properties of Population Stability Index (2018).
 */
export const psiOfChance = (reference: readonly number[], current: readonly number[]): number => {
  const used = reference.filter((count, bin) => count > 0 || (current[bin] as number) > 0).length;
  return Math.max(0, used - 1) * (1 / sum(reference) + 1 / sum(current));
};
