import type { Counts, ErrorBudget, Severity, TierFinding } from './contract.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

/** Minutes of both windows, and the share of the whole budget that is gone when the long one has burnt at the factor. */
type Tier = {
  readonly severity: Severity;
  readonly budgetShare: number;
  readonly long: number;
  readonly short: number;
  readonly pausesRollouts: boolean;
};

/**
 * Multi-window, multi-burn-rate: The Site Reliability Workbook, chapter 5. Of 30 days, 2 % in an hour is 14.4 times the
 * sustainable rate, 5 % in six hours is 6, 10 % in a day is 3 and in three days 1. The short window lets a tier go quiet
 * soon after the trouble is over. What is not sustainable for a day is no time to roll out.
 */
export const TIERS: readonly Tier[] = [
  { severity: 'page', budgetShare: 0.02, long: HOUR, short: 5, pausesRollouts: true },
  { severity: 'page', budgetShare: 0.05, long: 6 * HOUR, short: 30, pausesRollouts: true },
  { severity: 'ticket', budgetShare: 0.1, long: DAY, short: 2 * HOUR, pausesRollouts: true },
  { severity: 'ticket', budgetShare: 0.1, long: 3 * DAY, short: 6 * HOUR, pausesRollouts: false },
];

/** Every length of time that the tiers look back over, in minutes. */
export const LOOKBACKS: readonly number[] = [...new Set(TIERS.flatMap(({ long, short }) => [long, short]))].sort(
  (a, b) => a - b,
);

/** How many times faster than sustainable the budget goes. Without requests nothing burns. */
export const burnRate = ({ total, bad }: Counts, target: number): number =>
  total === 0 ? 0 : bad / total / (1 - target);

export const errorBudget = ({ total, bad }: Counts, target: number): ErrorBudget => {
  const allowed = total * (1 - target);
  return { allowed, bad, total, spent: total === 0 ? 0 : bad / allowed };
};

/** Neither 1 − 0.999 nor 0.02 × 720 is exact: a rate that is just at the factor must not fire for its last digit. */
const ROUNDING = 1 + 1e-9;

export type BurnInput = {
  readonly target: number;
  readonly windowDays: number;
  /** Requests and bad ones in the last so many minutes; undefined where that was not read. */
  readonly within: (minutes: number) => Counts | undefined;
  /** With fewer bad requests in the long window a tier stays quiet: at night one failure of ten is no outage. */
  readonly minimumBad: number;
  /** What the last check found of tiers that this one cannot tell. */
  readonly before?: readonly TierFinding[] | undefined;
};

const tierFinding = (tier: Tier, { target, windowDays, within, minimumBad, before }: BurnInput): TierFinding[] => {
  const factor = (tier.budgetShare * windowDays * DAY) / tier.long;
  const counts = { long: within(tier.long), short: within(tier.short) };
  if (counts.long === undefined || counts.short === undefined)
    return (before ?? []).filter(({ long }) => long.minutes === tier.long);
  const long = { ...counts.long, minutes: tier.long, rate: burnRate(counts.long, target) };
  const short = { ...counts.short, minutes: tier.short, rate: burnRate(counts.short, target) };
  const exceeds = long.rate > factor * ROUNDING && short.rate > factor * ROUNDING;
  const { severity, pausesRollouts } = tier;
  const outcome = exceeds ? (long.bad >= minimumBad ? 'fires' : 'too-few-bad') : 'quiet';
  return [{ severity, factor: Number(factor.toPrecision(6)), pausesRollouts, long, short, outcome }];
};

/** Every tier: it fires when the budget burns faster than its factor over its long and its short window. */
export const burnTiers = (input: BurnInput): TierFinding[] => TIERS.flatMap((tier) => tierFinding(tier, input));
