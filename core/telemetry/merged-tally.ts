import type { Tally } from './contract.ts';
import { RunningTally } from './running-tally.ts';

/** What was counted in spans or files that have no event in common. */
export const mergedTally = (tallies: readonly Tally[]): Tally => {
  const merged = new RunningTally();
  for (const tally of tallies) merged.merge(tally);
  return merged.form();
};
