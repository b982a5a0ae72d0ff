/**
 * The range in which a count of `trials` with probability `p` lies, each side exceeded with probability at most
 * `level`: sums of the exact probabilities, no approximation by a normal distribution.
 */
export const binomialRange = (trials: number, p: number, level: number): readonly [low: number, high: number] => {
  const below: number[] = [];
  let log = trials * Math.log1p(-p);
  let sum = 0;
  for (let count = 0; count <= trials; count++) {
    sum += Math.exp(log);
    below.push(sum);
    log += Math.log(trials - count) - Math.log(count + 1) + Math.log(p) - Math.log1p(-p);
  }
  return [below.findIndex((tail) => tail > level), below.findIndex((tail) => tail >= 1 - level)];
};
