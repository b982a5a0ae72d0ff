import type { Person } from '../kernel/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import { Throttled } from '../kernel/failures.ts';
import type { Reason } from '../kernel/reason.ts';
import type { PlaceHoldRequest } from './api.ts';
import { type HoldPlaced, hold as holdContract } from './contract.ts';
import { type Hold, type HoldScope, isStanding, type PlaceHold, type Placement, place } from './hold.ts';
import { type Holds, SWAPS } from './ports.ts';

const inThePast = (expiresAt: string): Reason => ({
  rule: 'hold.expired-at-once',
  message: 'the hold would never stand: its expiry has passed',
  path: '$.expiresAt',
  found: expiresAt,
  allowed: 'a time to come, or none',
});

/** A hold on an environment that is mistyped holds nothing, and whoever placed it believes the opposite. */
export const unknownEnvironment = (scope: HoldScope, environments: readonly string[]): Reason | undefined =>
  'everything' in scope || scope.environment === undefined || environments.includes(scope.environment)
    ? undefined
    : {
        rule: 'hold.unknown-environment',
        message: 'the stage has no such environment',
        path: '$.scope.environment',
        found: scope.environment,
        allowed: environments.join(', ') || 'none: the stage names no environments',
      };

/** The hold that a person asks for. */
export const byHand = ({ reason, ...asked }: PlaceHoldRequest, placedBy: Person): PlaceHold => ({
  ...asked,
  reason: { rule: 'hold.by-hand', message: reason },
  runbook: 'hold#a-person-placed-a-hold',
  placedBy,
});

export type Placed = Placement | { readonly outcome: 'refused'; readonly reasons: readonly Reason[] };

/**
 * Places a hold, or counts it on the one that stands for the same fingerprint.
 * @throws ListUnreadable, Throttled: whoever asked for the hold must ask again
 */
export const placeHold =
  ({ holds, clock }: { holds: Holds; clock: Clock }) =>
  async (request: PlaceHold): Promise<Placed> => {
    const now = clock.now();
    if (request.expiresAt !== undefined && new Date(request.expiresAt) <= now)
      return { outcome: 'refused', reasons: [inThePast(request.expiresAt)] };
    for (let swap = 0; swap < SWAPS; swap++) {
      const list = await holds.list();
      const placement = place(list, request, now);
      const { hold, outcome } = placement;
      const closes = list.holds.filter((open) => open.fingerprint === hold.fingerprint && !isStanding(open, now));
      const fact = outcome === 'repeated' ? undefined : placedFact(hold);
      if (await holds.swap({ revision: list.revision, hold, closes: closes.map(({ id }) => id), fact }))
        return placement;
    }
    throw new Throttled('the list of holds kept changing under us');
  };

export const placedFact = (hold: Hold): Fact => {
  const event = holdContract.events.placed;
  const detail: HoldPlaced = {
    id: factId(event, hold.id, hold.effect, hold.severity),
    hold: hold.id,
    fingerprint: hold.fingerprint,
    scope: hold.scope,
    ...(hold.deployment !== undefined && { deployment: hold.deployment }),
    occurredAt: hold.lastSeenAt,
    correlationId: hold.id,
    effect: hold.effect,
    severity: hold.severity,
    reason: hold.reason,
    evidence: hold.evidence,
    ...(hold.runbook !== undefined && { runbook: hold.runbook }),
    placedBy: hold.placedBy,
    placedAt: hold.placedAt,
    ...(hold.expiresAt !== undefined && { expiresAt: hold.expiresAt }),
    count: hold.count,
  };
  return { id: detail.id, type: event.type, detail };
};
