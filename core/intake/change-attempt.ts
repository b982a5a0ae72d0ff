import type { Fact } from '../kernel/fact.ts';
import { Throttled } from '../kernel/failures.ts';
import type { AttemptRecord } from './attempt.ts';
import type { Attempts } from './ports.ts';

const SWAPS = 5;

/**
 * Reads, decides, writes; again if somebody else wrote in between. `decide` returns undefined to leave it as it is.
 * @throws Throttled when others keep winning
 */
export const changeAttempt = async (
  attempts: Attempts,
  identity: { model: string; version: string; id: string },
  decide: (standing: AttemptRecord | undefined) => { record: AttemptRecord; fact?: Fact } | undefined,
): Promise<void> => {
  for (let swap = 0; swap < SWAPS; swap++) {
    const change = decide(await attempts.find(identity));
    if (change === undefined || (await attempts.swap(change.record, change.fact))) return;
  }
  throw new Throttled(`attempt ${identity.id} at ${identity.model} ${identity.version} kept changing under us`);
};
