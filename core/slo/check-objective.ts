import type { Reason } from '../kernel/reason.ts';
import { burnTiers, errorBudget } from './burn-rate.ts';
import type { BurnReport, Counts, Objective, SloSettings, TierFinding } from './contract.ts';

export type ObjectiveInput = {
  readonly objective: Objective;
  /** Requests and bad ones in the last so many minutes, undefined where not read; asked for the lookbacks of all tiers. */
  readonly within: (minutes: number) => Counts | undefined;
  /** The same over the objective's whole window, if all of it is known. */
  readonly overWindow?: Counts | undefined;
  readonly settings: SloSettings;
  /** Of the same objective, for what was not read this time. */
  readonly before?: BurnReport | undefined;
};

const figure = (value: number): string => String(Number(value.toPrecision(3)));
const span = (minutes: number): string => {
  if (minutes < 60) return `${minutes} min`;
  return minutes < 1440 ? `${minutes / 60} h` : `${minutes / 1440} d`;
};
const share = ({ bad, total }: Counts): string => `${figure((100 * bad) / total)} %`;

const reasonFor = (
  { name, indicator, slowerThan }: Objective,
  { severity, factor, long, short }: TierFinding,
): Reason => ({
  rule: `slo.${indicator}-burning`,
  message:
    `${name} burns its error budget ${figure(long.rate)} times too fast: ${share(long)} of ${long.total} requests ` +
    `${slowerThan === undefined ? 'failed' : `took longer than ${slowerThan} ms`} in ${span(long.minutes)}, ` +
    `${share(short)} in the last ${span(short.minutes)}`,
  found: `${figure(long.rate)} over ${span(long.minutes)} and ${figure(short.rate)} over ${span(short.minutes)}`,
  allowed: `up to ${figure(factor)} before it is a ${severity}`,
});

/** Whether an objective's error budget burns too fast, how urgent that is, and what of it is left. */
export const checkObjective = ({ objective, within, overWindow, settings, before }: ObjectiveInput): BurnReport => {
  const { target, windowDays } = objective;
  const tiers = burnTiers({ target, windowDays, within, before: before?.tiers, ...settings });
  const firing = tiers.filter(({ outcome }) => outcome === 'fires');
  const worst = firing.find(({ severity }) => severity === 'page') ?? firing[0];
  const budget = overWindow === undefined ? before?.budget : errorBudget(overWindow, target);
  const seen = tiers.some(({ long }) => long.total > 0);
  return {
    objective,
    outcome: worst !== undefined ? 'burning' : seen ? 'within' : 'not-enough-data',
    ...(worst === undefined ? {} : { severity: worst.severity }),
    pausesRollouts: firing.some(({ pausesRollouts }) => pausesRollouts),
    reasons: firing.map((tier) => reasonFor(objective, tier)),
    tiers,
    ...(budget === undefined ? {} : { budget }),
  };
};
