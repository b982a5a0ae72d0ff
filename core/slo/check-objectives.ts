import { checkObjective } from './check-objective.ts';
import type { BurnReport, Objective, SloSettings } from './contract.ts';
import { type Answered, countsFor } from './counts.ts';

export type ObjectivesInput = {
  readonly objectives: readonly Objective[];
  /** Of one stream. */
  readonly windows: readonly Answered[];
  /** How far the windows reach back without a gap; tiers that look further are as the check before found them. */
  readonly reachMinutes: number;
  /** Whether they reach back over the windows of the objectives, if only by whole days. */
  readonly wholeBudget: boolean;
  readonly to: Date;
  readonly before: readonly BurnReport[];
  readonly settings: SloSettings;
};

/** Every objective of a stream: how fast its error budget burns, and what of it is left where that can be told. */
export const checkObjectives = (input: ObjectivesInput): BurnReport[] =>
  input.objectives.map((objective) => {
    const { windows, reachMinutes, wholeBudget, to, before, settings } = input;
    const counts = countsFor(windows, objective, to);
    return checkObjective({
      objective,
      within: (minutes) => (minutes <= reachMinutes ? counts(minutes) : undefined),
      overWindow: wholeBudget ? counts(objective.windowDays * 24 * 60) : undefined,
      before: before.find((report) => report.objective.name === objective.name),
      settings,
    });
  });
