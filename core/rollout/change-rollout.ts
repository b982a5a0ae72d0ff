import type { Fact } from '../kernel/fact.ts';
import { Throttled } from '../kernel/failures.ts';
import type { Rollouts } from './ports.ts';
import type { RolloutRecord } from './record.ts';

const SWAPS = 8;

export type Change = { readonly record: RolloutRecord; readonly fact?: Fact | undefined };

/**
 * Reads, decides, writes; again if somebody else wrote in between. `decide` returns undefined to leave it as it is.
 * @returns the record as it stands, or nothing if there is none
 * @throws Throttled when others keep winning
 */
export const changeRollout = async (
  rollouts: Pick<Rollouts, 'find' | 'swap'>,
  id: string,
  decide: (standing: RolloutRecord) => Change | undefined,
): Promise<RolloutRecord | undefined> => {
  for (let swap = 0; swap < SWAPS; swap++) {
    const standing = await rollouts.find(id);
    const change = standing && decide(standing);
    if (change === undefined) return standing;
    if (await rollouts.swap(change.record, { fact: change.fact }))
      return { ...change.record, revision: change.record.revision + 1 };
  }
  throw new Throttled(`rollout ${id} kept changing under us`);
};
