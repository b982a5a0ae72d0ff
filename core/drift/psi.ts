const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/**
 * Population stability index of two histograms over the same bins: the symmetric Kullback–Leibler divergence, in nats.
 * Siddiqi, Credit Risk Scorecards (2006). For a normal feature that moves by `d` standard deviations it is about `d²`.
 * @param reference counts per bin, at least one above 0; so `current`
 * @param emptyShare what an empty bin counts as. Without it one empty bin makes the index infinite and pages someone
 * about a category that was merely rare; by default half a value, so that it weighs less the smaller the sample is.
 * Evidently has 0.0001.
 */
export const psi = (reference: readonly number[], current: readonly number[], emptyShare?: number): number => {
  const [n, m] = [sum(reference), sum(current)];
  return reference.reduce((total, count, bin) => {
    const other = current[bin] as number;
    if (count === 0 && other === 0) return total;
    const expected = count > 0 ? count / n : (emptyShare ?? 0.5 / n);
    const actual = other > 0 ? other / m : (emptyShare ?? 0.5 / m);
    return total + (actual - expected) * Math.log(actual / expected);
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
