import { z } from 'zod';
import { DeploymentName } from '../kernel/identity.ts';
import { Hold, HoldEffect, HoldScope, HoldSeverity } from './contract.ts';

/** Who asks is never in a body: the API takes the caller's ARN from IAM. */

const Sentence = z.string().trim().min(1).max(1000);

export const PlaceHoldRequest = z.strictObject({
  scope: HoldScope,
  deployment: DeploymentName.optional(),
  effect: HoldEffect.default('pause'),
  severity: HoldSeverity.default('ticket'),
  reason: Sentence,
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type PlaceHoldRequest = z.infer<typeof PlaceHoldRequest>;

export const PlaceHoldResponse = z.object({ outcome: z.enum(['placed', 'raised', 'repeated']), hold: Hold });
export type PlaceHoldResponse = z.infer<typeof PlaceHoldResponse>;

const LiftHoldRequest = z.strictObject({ reason: Sentence });

export const LiftHoldResponse = z.object({ outcome: z.enum(['lifted', 'not-standing']), hold: Hold });
export type LiftHoldResponse = z.infer<typeof LiftHoldResponse>;

/** Those that stand now, newest first. */
export const StandingHolds = z.object({ holds: z.array(Hold) });
export type StandingHolds = z.infer<typeof StandingHolds>;

export const holdApi = {
  list: { method: 'GET', path: '/v1/holds', response: StandingHolds },
  /** Twice by one person about one thing is one hold that was asked for twice. */
  place: {
    method: 'POST',
    path: '/v1/holds',
    request: PlaceHoldRequest,
    response: PlaceHoldResponse,
    repeatable: true,
  },
  /** What is lifted already stays as it was lifted. */
  lift: {
    method: 'POST',
    path: '/v1/holds/{hold}/lift',
    request: LiftHoldRequest,
    response: LiftHoldResponse,
    repeatable: true,
  },
} as const;
