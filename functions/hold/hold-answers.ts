import type { holdApi } from '../../core/hold/api.ts';
import { isStanding } from '../../core/hold/hold.ts';
import { liftHold } from '../../core/hold/lift-hold.ts';
import { byHand, placeHold, unknownEnvironment } from '../../core/hold/place-hold.ts';
import type { Holds } from '../../core/hold/ports.ts';
import type { Clock } from '../../core/kernel/clock.ts';
import { describeReason, type Reason } from '../../core/kernel/reason.ts';
import { RequestRefused } from '../platform/on-request.ts';
import type { Answers } from '../platform/on-routes.ts';

type Ports = { holds: Holds; clock: Clock; environments: readonly string[] };

const refuse = (...reasons: Reason[]): never => {
  throw new RequestRefused(400, { message: reasons.map(describeReason).join('. '), reasons });
};

const personAt = (arn: string) => ({ kind: 'person', arn }) as const;

/** What people ask and order about holds. Who they are is what IAM says of the caller. */
export const holdAnswers = (ports: Ports): Answers<typeof holdApi> => ({
  list: async () => {
    const { holds } = await ports.holds.list();
    const standing = holds.filter((hold) => isStanding(hold, ports.clock.now()));
    return { holds: standing.sort((a, b) => (a.placedAt < b.placedAt ? 1 : -1)) };
  },

  place: async ({ body, caller }) => {
    const slip = unknownEnvironment(body.scope, ports.environments);
    if (slip !== undefined) return refuse(slip);
    const placed = await placeHold(ports)(byHand(body, personAt(caller)));
    return placed.outcome === 'refused' ? refuse(...placed.reasons) : placed;
  },

  lift: async ({ names, body, caller }) => {
    const lifted = await liftHold(ports)({ id: names.hold, by: personAt(caller), reason: body.reason });
    if (lifted.outcome !== 'unknown') return lifted;
    throw new RequestRefused(404, {
      message: `there never was a hold ${names.hold}`,
      fix: 'clearance holds shows those that stand.',
    });
  },
});
