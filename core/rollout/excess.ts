/** Requests, and how many of them were what is counted: errors, or slow. */
export type Count = { readonly requests: number; readonly events: number };
/** Both streams over the same span of time, so that whatever befell the service befell both. */
export type Stratum = { readonly canary: Count; readonly baseline: Count };

/** Two sides of an unknown rate, or difference of rates. */
export type Bounds = { readonly low: number; readonly high: number };
export type Excess = Bounds & { readonly observed: number };

/** How often, at most, each bound may be wrong at any time of looking. */
export type Levels = { readonly low: number; readonly high: number };

/** Bets on how far the canary is above the baseline, as relative excess, from hardly to dead; and below it. */
const ABOVE = [0.05, 0.1, 0.2, 0.35, 0.6, 1, 1.8, 3, 5, 9, 16, 30, 60, 120, 250];
const BELOW = [-0.03, -0.06, -0.12, -0.25, -0.4, -0.6, -0.8, -0.95, -0.99];

/** A bet must not lose everything on one event of the baseline. */
const LARGEST_SHARE = 0.98;

/** The log of one bet's wealth is `gain − δ · price`. */
type Bet = { readonly gain: number; readonly price: number };

const betOn = (strata: readonly Stratum[], bet: number, reference: Bounds | undefined): Bet => {
  let gain = 0;
  let price = 0;
  for (const { canary, baseline } of strata) {
    if (canary.requests === 0) continue;
    if (baseline.requests === 0) {
      // Nothing is known about the concurrent rate: a bet on more needs an upper bound of it, a bet on less a lower.
      if (reference === undefined && bet > 0) continue;
      const rate = reference === undefined ? 0 : bet > 0 ? reference.high : reference.low;
      gain += canary.events * Math.log1p(bet) - canary.requests * rate * bet;
      price += canary.requests * bet;
      continue;
    }
    const ratio = canary.requests / baseline.requests;
    const stake = Math.min(bet, LARGEST_SHARE / ratio);
    gain += canary.events * Math.log1p(stake) + baseline.events * Math.log1p(-ratio * stake);
    price += canary.requests * stake;
  }
  return { gain, price };
};

/** The log of the average wealth of all bets, if the true difference is `delta`. */
const logWealth = (bets: readonly Bet[], delta: number): number => {
  const logs = bets.map(({ gain, price }) => gain - delta * price);
  const highest = Math.max(...logs);
  return highest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - highest), 0) / bets.length);
};

const HALVINGS = 40;

/** Where a statement that holds at `from` and fails at `to` stops holding. */
const boundary = (from: number, to: number, holds: (delta: number) => boolean): number => {
  if (!holds(from)) return from;
  if (holds(to)) return to;
  let [inside, outside] = [from, to];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
};

/** Weighted as Mantel and Haenszel do, so that a bad minute with little canary traffic weighs little. */
const observed = (strata: readonly Stratum[], reference: Bounds | undefined): number => {
  let sum = 0;
  let weights = 0;
  for (const { canary, baseline } of strata) {
    if (canary.requests === 0) continue;
    const alone = baseline.requests === 0;
    if (alone && reference === undefined) continue;
    const rate = alone ? ((reference?.low ?? 0) + (reference?.high ?? 0)) / 2 : baseline.events / baseline.requests;
    const weight = alone
      ? canary.requests
      : (canary.requests * baseline.requests) / (canary.requests + baseline.requests);
    sum += weight * (canary.events / canary.requests - rate);
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
};

/**
 * A confidence sequence for how much higher a rate of the canary is than that of the concurrent baseline, in [−1, 1]:
 * with probability 1 − `levels.low` the lower bound is never above the truth, and with 1 − `levels.high` the upper never
 * below it, however often and whenever one looks. No sample size is fixed and nothing is asymptotic.
 *
 * In each stratum let the canary have n requests with K events of probability p, the baseline m with B of probability
 * q. For −1 < u < m/n, since 1 + x ≤ eˣ,
 *
 *     E[(1 + u)ᴷ (1 − u n/m)ᴮ] ≤ exp(n p u − m q u n/m) = exp(n u (p − q)),
 *
 * so (1 + u)ᴷ (1 − u n/m)ᴮ exp(−n u δ) is an e-value against "p − q ≤ δ" for u > 0, and against "p − q ≥ δ" for u < 0.
 * q may be anything, and another in each stratum: an outage that hits both streams is no evidence. Products over strata
 * are test supermartingales, and so is a mixture over u; by Ville's inequality it exceeds 1/α with probability at most
 * α. The bounds are where it does. Mixtures: Robbins (1970), "Statistical methods related to the law of the iterated
 * logarithm"; confidence sequences: Howard, Ramdas, McAuliffe and Sekhon (2021), "Time-uniform, nonparametric,
 * nonasymptotic confidence sequences", Annals of Statistics 49(2); the conditional test of counts that this relaxes to
 * differences: Lindon and Malek (2022), "Anytime-valid inference for multinomial count data", NeurIPS 35.
 *
 * A stratum without baseline is compared with `reference`, the rate before, or left out of the lower bound. Where the
 * difference changes over time, the lower bound is below its greatest value and the upper above its least. Retries of
 * one client are not independent: both bounds are then too sure of themselves.
 */
export const excess = (strata: readonly Stratum[], levels: Levels, reference?: Bounds): Excess => {
  const above = ABOVE.map((bet) => betOn(strata, bet, reference));
  const below = BELOW.map((bet) => betOn(strata, bet, reference));
  return {
    observed: observed(strata, reference),
    low: boundary(-1, 1, (delta) => logWealth(above, delta) >= -Math.log(levels.low)),
    high: boundary(1, -1, (delta) => logWealth(below, delta) >= -Math.log(levels.high)),
  };
};

/**
 * Where a rate lies, each side wrong with probability at most `level`: Chernoff's bounds of a Poisson count, which a
 * sum of Bernoulli variables never exceeds (Boucheron, Lugosi and Massart, "Concentration Inequalities", 2013, §2.2).
 */
export const rateBounds = ({ requests, events }: Count, level: number): Bounds | undefined => {
  if (requests === 0) return undefined;
  const rate = events / requests;
  const width = -Math.log(level) / requests;
  return {
    low: Math.max(0, rate - Math.sqrt(2 * rate * width)),
    high: Math.min(1, rate + width + Math.sqrt(width ** 2 + 2 * rate * width)),
  };
};
