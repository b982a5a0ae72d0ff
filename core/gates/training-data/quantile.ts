/** The value below which a share of the values lies, between two of them by their distance. */
export const quantilesOf = (values: Float64Array): ((share: number) => number) => {
  const sorted = values.toSorted();
  return (share) => {
    const at = share * (sorted.length - 1);
    const [below = 0, above = below] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
    return below + (above - below) * (at - Math.floor(at));
  };
};
