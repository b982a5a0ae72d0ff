import { z } from 'zod';
import { Actor, Person, Signal } from '../kernel/actor.ts';
import { defineEnv, defineEvent, defineReactor, defineTask, jsonEnv } from '../kernel/contract.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { Throttled } from '../kernel/failures.ts';
import { DeploymentName } from '../kernel/identity.ts';
import { Reason } from '../kernel/reason.ts';
import { ListUnreadable } from './failures.ts';
import { HoldEffect, HoldScope, HoldSeverity } from './hold.ts';

const fact = {
  id: z.string(),
  hold: z.string(),
  /** One fingerprint is one incident: it opens, is seen again and is resolved under this name. */
  fingerprint: z.string(),
  scope: HoldScope,
  deployment: DeploymentName.optional(),
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
};

/** Told when a hold is placed, and again only when it becomes graver. */
export const HoldPlaced = z.object({
  ...fact,
  effect: HoldEffect,
  severity: HoldSeverity,
  reason: Reason,
  evidence: z.array(EvidenceRef),
  runbook: z.string().optional(),
  placedBy: Actor,
  placedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
  count: z.int(),
});
export type HoldPlaced = z.infer<typeof HoldPlaced>;

export const HoldLifted = z.object({
  ...fact,
  severity: HoldSeverity,
  placedAt: z.iso.datetime(),
  liftedBy: Person,
  reason: z.string().min(1),
});
export type HoldLifted = z.infer<typeof HoldLifted>;

export const hold = {
  events: {
    placed: defineEvent('hold.placed.v1', HoldPlaced),
    lifted: defineEvent('hold.lifted.v1', HoldLifted),
  },
  tasks: {
    /** For workflows whose checks end in a no. People place theirs through the API, which knows who they are. */
    placeHold: defineTask({
      env: defineEnv({ HOLD_TABLE: z.string() }),
      input: z.object({
        scope: HoldScope,
        deployment: DeploymentName.nullable(),
        effect: HoldEffect,
        severity: HoldSeverity,
        reason: Reason,
        evidence: z.array(EvidenceRef),
        runbook: z.string().nullable(),
        placedBy: Signal,
      }),
      output: z.object({ outcome: z.enum(['placed', 'raised', 'repeated']), hold: z.string() }),
      failures: [Throttled, ListUnreadable],
    }),
  },
  reactors: {
    answerHolds: defineReactor({
      env: defineEnv({ HOLD_TABLE: z.string(), ENVIRONMENTS: jsonEnv(z.array(z.string())) }),
    }),
    /** Fed with facts about holds by a queue. */
    tellOnCall: defineReactor({
      env: defineEnv({ TOLD_TABLE: z.string(), PAGE_TOPIC: z.string(), TICKET_TOPIC: z.string(), STAGE: z.string() }),
    }),
    /** Called by CloudFormation when the table is made. */
    openList: defineReactor({ env: defineEnv({ HOLD_TABLE: z.string() }) }),
  },
} as const;

export { ListUnreadable } from './failures.ts';
export { Hold, HoldEffect, HoldList, HoldScope, HoldSeverity, holdsInScope, type PlaceHold } from './hold.ts';
