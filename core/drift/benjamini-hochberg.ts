/**
 * P-values adjusted for the number of questions asked: those that are at most `q` are the ones that Benjamini and
 * Hochberg (1995) reject at a false discovery rate of `q`. In the order given.
 */
export const adjustedPValues = (pValues: readonly number[]): number[] => {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length);
  let smallest = 1;
  for (let rank = ascending.length; rank > 0; rank -= 1) {
    const { p, index } = ascending[rank - 1] as { p: number; index: number };
    smallest = Math.min(smallest, (p * pValues.length) / rank);
    adjusted[index] = smallest;
  }
  return adjusted;
};
