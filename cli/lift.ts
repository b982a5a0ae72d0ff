import { holdApi, type LiftHoldResponse } from '../core/hold/api.ts';
import { describeActor, describeScope } from '../core/hold/describe-hold.ts';
import { EXIT, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { lasted } from './when.ts';

export type LiftRequest = { readonly hold: string; readonly reason: string };
type NoHold = { readonly outcome: 'unknown'; readonly hold: string };

const endOf = ({ hold }: LiftHoldResponse): string =>
  hold.lifted === undefined
    ? `it expired at ${hold.expiresAt}`
    : `${describeActor(hold.lifted.by)} lifted it at ${hold.lifted.at}: ${hold.lifted.reason}`;

/** Takes a hold back, under the caller's own name. One that stood no longer is a yes too: nothing is held by it. */
export const lift = async (
  { hold: id, reason }: LiftRequest,
  plane: Plane,
  now: Date,
): Promise<Outcome<LiftHoldResponse | NoHold>> => {
  const answer = await plane.tell(holdApi.lift, { hold: id }, { reason });
  if (answer === undefined)
    return {
      exitCode: EXIT.no,
      document: { outcome: 'unknown', hold: id },
      text: `✗ there never was a hold ${id}; clearance holds shows those that stand`,
    };
  const what = describeScope(answer.hold.scope);
  if (answer.outcome === 'lifted')
    return {
      exitCode: EXIT.yes,
      document: answer,
      text: [
        `✓ ${what} is held no longer by ${id}, after ${lasted(answer.hold.placedAt, now)}`,
        '  Other holds may stand in the way: clearance holds shows them.',
      ].join('\n'),
    };
  return { exitCode: EXIT.yes, document: answer, text: `✓ ${id} on ${what} stood no longer: ${endOf(answer)}` };
};
