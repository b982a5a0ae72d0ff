import { LOOKBACKS } from './burn-rate.ts';
import { checkObjective } from './check-objective.ts';
import type { BurnReport, Objective, SloSettings } from './contract.ts';
import { type Answered, countsFor } from './counts.ts';

/** How far back the tiers look: the minutes that a check has to read. */
export const LOOKBACK_MINUTES = Math.max(...LOOKBACKS);

export type ObjectivesInput = {
  readonly objectives: readonly Objective[];
  /** Of one stream, the last `LOOKBACK_MINUTES` before `to`. */
  readonly minutes: readonly Answered[];
  /** Whole days before that, if they were read: from them comes what is left of the budget. */
  readonly days: readonly Answered[];
  readonly to: Date;
  readonly settings: SloSettings;
};

/** Every objective of a stream: how fast its error budget burns, and what of it is left where that can be told. */
export const checkObjectives = ({ objectives, minutes, days, to, settings }: ObjectivesInput): BurnReport[] =>
  objectives.map((objective) => {
    const whole = countsFor([...days, ...minutes], objective, to);
    const windowMinutes = objective.windowDays * 24 * 60;
    return checkObjective({
      objective,
      within: countsFor(minutes, objective, to),
      // At most a day short: the first one may have begun before the window of the objective.
      overWindow: days.length > 0 ? whole(windowMinutes) : undefined,
      settings,
    });
  });
