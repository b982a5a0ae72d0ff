/** By the nearest rank: a value that was measured, never one between two. */
export const percentile = (values: readonly number[], share: number): number => {
  if (values.length === 0) throw new RangeError('no percentile of no values');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Seconds that a call took, on the wall. */
export const secondsOf = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

/** Repeats `work` for at least `forMs` and gives the seconds of one call: below a millisecond a single call says little. */
export const secondsEach = async (work: () => unknown, forMs = 30): Promise<number> => {
  const began = performance.now();
  let count = 0;
  do {
    await work();
    count += 1;
  } while (performance.now() - began < forMs);
  return (performance.now() - began) / 1000 / count;
};

export const MB = 1e6;
export const MiB = 1024 * 1024;
