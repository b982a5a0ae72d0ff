/**
 * Healthy traffic of one model, hour by hour, as counts per bin: what a window of sketches comes to when it is compared
 * with a baseline. Drawing each value and sketching it would take a thousand times as long and give the same counts.
 */

export type Random = { readonly uniform: () => number; readonly normal: () => number };

/** Uniform (mulberry32) and normal numbers that are the same for the same seed. */
export const seeded = (seed: number): Random => {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
};

/** How restless features are, in standard deviations of the feature: each draws its own values up to these. */
export type Restlessness = {
  /** Between noon and midnight. */
  readonly day: number;
  /** Between weekday and weekend, for every other feature. */
  readonly week: number;
  /** Of a wandering mean, which forgets itself within `hours` (6 to 72). */
  readonly wander: number;
  /** Of the logarithm of the spread, which wanders too. */
  readonly spread: number;
};
export const USUAL: Restlessness = { day: 0.5, week: 0.4, wander: 0.15, spread: 0.1 };

export const times = (restlessness: Restlessness, factor: number): Restlessness => ({
  day: restlessness.day * factor,
  week: restlessness.week * factor,
  wander: restlessness.wander * factor,
  spread: restlessness.spread * factor,
});

/** A stationary series with correlation from one hour to the next: AR(1). */
const wandering = (random: Random, memoryHours: number): (() => number) => {
  const r = Math.exp(-1 / memoryHours);
  let value = random.normal();
  return () => {
    value = r * value + Math.sqrt(1 - r * r) * random.normal();
    return value;
  };
};

/** The normal distribution function, to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
const normalCdf = (x: number): number => {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const upper = (polynomial * Math.exp((-x * x) / 2)) / 2;
  return x < 0 ? upper : 1 - upper;
};

const DECILES = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816];

/** Shares of a feature between deciles of a standard normal, or of categories that trade shares with each other. */
type SharesOf = (mean: number, spread: number) => number[];

const numeric: SharesOf = (mean, spread) => {
  let before = 0;
  return [...DECILES.map((decile) => normalCdf((decile - mean) / spread)), 1].map((upTo) => {
    const share = upTo - before;
    before = upTo;
    return share;
  });
};

const categorical = (random: Random): SharesOf => {
  const weights = Array.from({ length: 3 + Math.floor(9 * random.uniform()) }, () => [
    1.5 * random.normal(),
    random.normal(),
  ]);
  return (mean) => {
    const raised = weights.map(([base = 0, slope = 0]) => Math.exp(base + mean * slope));
    const total = raised.reduce((sum, weight) => sum + weight, 0);
    return raised.map((weight) => weight / total);
  };
};

const isWeekend = (hour: number): boolean => Math.floor(hour / 24) % 7 >= 5;

/** The counts of one feature in an hour of `n` events, moved by `shift` standard deviations. */
export type SimulatedFeature = (hour: number, n: number, common: number, shift: number) => number[];

/** Numbers mostly, categories now and then; some of its wandering it shares with all other features. */
export const simulatedFeature = (random: Random, restlessness: Restlessness): SimulatedFeature => {
  const shares = random.uniform() < 0.7 ? numeric : categorical(random);
  const day = restlessness.day * random.uniform();
  const week = random.uniform() < 0.5 ? 0 : restlessness.week * random.uniform();
  const sd = restlessness.wander * random.uniform();
  const spread = restlessness.spread * random.uniform();
  const peak = 24 * random.uniform();
  const shared = 0.5 * random.uniform();
  const [mean, width] = [0, 0].map(() => wandering(random, 6 * 12 ** random.uniform())) as [() => number, () => number];
  return (hour, n, common, shift) => {
    const season = day * Math.sin((2 * Math.PI * (hour - peak)) / 24) + week * (isWeekend(hour) ? 1 : 0);
    const strays = sd * (shared * common + Math.sqrt(1 - shared * shared) * mean());
    return shares(season + strays + shift, Math.exp(spread * width())).map((share) =>
      Math.max(0, Math.round(n * share + Math.sqrt(n * share * (1 - share)) * random.normal())),
    );
  };
};

/** Events per hour: fewer at night and at the weekend, between 50 and 50,000 at most hours of one model. */
export const simulatedVolume = (random: Random): ((hour: number) => number) => {
  const base = 50 * 1000 ** random.uniform();
  return (hour) =>
    Math.round(
      base *
        (1 + 0.7 * Math.sin((2 * Math.PI * (hour - 8)) / 24)) *
        (isWeekend(hour) ? 0.6 : 1) *
        Math.exp(0.2 * random.normal()),
    );
};

export const commonWandering = (random: Random): (() => number) => wandering(random, 24);
