/** Standard normal quantile: each bound is passed by chance less than once in four thousand times. */
export const STRICT = 3.5;
/** Each bound is passed by chance once in forty times. */
export const USUAL = 2;

/** Share of the normal distribution between its two quantiles; what both bounds of an interval hold with. */
export const CONFIDENCE = { [STRICT]: 0.9995, [USUAL]: 0.954 } as const;

/**
 * The interval of a share by its score test, which is never outside 0 to 1 and works for few and for none.
 * Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209–212.
 * @param z quantile of the standard normal distribution
 */
export const wilsonInterval = (hits: number, n: number, z: number): { low: number; high: number } => {
  if (n === 0) return { low: 0, high: 1 };
  const share = hits / n;
  const spread = (z * z) / n;
  const centre = share + spread / 2;
  const radius = z * Math.sqrt((share * (1 - share)) / n + spread / (4 * n));
  return { low: Math.max(0, (centre - radius) / (1 + spread)), high: Math.min(1, (centre + radius) / (1 + spread)) };
};
