import type { Person } from '../kernel/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import { Throttled } from '../kernel/failures.ts';
import { type HoldLifted, hold as holdContract } from './contract.ts';
import { type Hold, isStanding, lift } from './hold.ts';
import { type Holds, SWAPS } from './ports.ts';

export type LiftHold = { readonly id: string; readonly by: Person; readonly reason: string };
/** `not-standing`: lifted before, or expired. */
export type Lifted = { readonly outcome: 'lifted' | 'not-standing'; readonly hold: Hold } | { outcome: 'unknown' };

/**
 * Takes a hold back: an act of a person, with a reason.
 * @throws ListUnreadable, Throttled
 * @throws TypeError for a reason without a word in it
 */
export const liftHold =
  ({ holds, clock }: { holds: Holds; clock: Clock }) =>
  async ({ id, by, reason }: LiftHold): Promise<Lifted> => {
    if (reason.trim() === '') throw new TypeError('a hold is not lifted without a reason');
    const now = clock.now();
    for (let swap = 0; swap < SWAPS; swap++) {
      const list = await holds.list();
      const open = list.holds.find((hold) => hold.id === id);
      if (open === undefined || !isStanding(open, now)) {
        const hold = open ?? (await holds.find(id));
        return hold === undefined ? { outcome: 'unknown' } : { outcome: 'not-standing', hold };
      }
      const hold = lift(open, by, reason, now);
      if (await holds.swap({ revision: list.revision, hold, closes: [], fact: liftedFact(hold, by, reason, now) }))
        return { outcome: 'lifted', hold };
    }
    throw new Throttled('the list of holds kept changing under us');
  };

const liftedFact = (hold: Hold, liftedBy: Person, reason: string, now: Date): Fact => {
  const event = holdContract.events.lifted;
  const detail: HoldLifted = {
    id: factId(event, hold.id),
    hold: hold.id,
    fingerprint: hold.fingerprint,
    scope: hold.scope,
    ...(hold.deployment !== undefined && { deployment: hold.deployment }),
    occurredAt: now.toISOString(),
    correlationId: hold.id,
    severity: hold.severity,
    placedAt: hold.placedAt,
    liftedBy,
    reason,
  };
  return { id: detail.id, type: event.type, detail };
};
