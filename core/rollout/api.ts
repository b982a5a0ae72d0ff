import { z } from 'zod';
import { Hold } from '../hold/contract.ts';
import { Actor } from '../kernel/actor.ts';
import { Reason } from '../kernel/reason.ts';
import { Judgement, RolloutState, Step } from './contract.ts';

/** What the plane's HTTP API answers about rollouts. Who asks is taken from IAM, never from a body. */

export const RolloutStatus = z.object({
  rollout: z.string(),
  deployment: z.string(),
  model: z.string(),
  version: z.string(),
  environment: z.string(),
  state: RolloutState,
  requestedAt: z.iso.datetime(),
  /** A claim of the request. */
  requestedBy: z.string().optional(),
  /** Of requests, to the new version; as last seen on the target. */
  share: z.number(),
  /** Counted from 1; 0 before the first. */
  step: z.int().min(0),
  steps: z.array(Step),
  /** On its way to the target. */
  shiftingTo: z.number().optional(),
  judgement: Judgement.optional(),
  pause: z.object({ by: Actor, at: z.iso.datetime(), reason: Reason }).optional(),
  rollback: z.object({ by: Actor, at: z.iso.datetime(), reasons: z.array(Reason) }).optional(),
  /** Why it rests, or why it ended as it did. */
  reasons: z.array(Reason),
  endedAt: z.iso.datetime().optional(),
  /** The execution that steers it. */
  execution: z.string().optional(),
});
export type RolloutStatus = z.infer<typeof RolloutStatus>;

/** With the holds that stand in its way now. */
export const RolloutDetail = z.object({ status: RolloutStatus, holds: z.array(Hold) });
export type RolloutDetail = z.infer<typeof RolloutDetail>;

/** Those that are not over, oldest first. */
export const RolloutList = z.object({ rollouts: z.array(RolloutStatus) });
export type RolloutList = z.infer<typeof RolloutList>;

/** The body of every order: pause, resume and rollback are acts, and acts have a reason. */
const OrderRequest = z.strictObject({ reason: z.string().trim().min(1).max(1000) });

/** `unchanged`: it is over, or was so already. */
export const OrderResponse = z.object({ outcome: z.enum(['done', 'unchanged']), status: RolloutStatus });
export type OrderResponse = z.infer<typeof OrderResponse>;

const order = (verb: 'pause' | 'resume' | 'rollback') =>
  ({
    method: 'POST',
    path: `/v1/rollouts/{rollout}/${verb}`,
    request: OrderRequest,
    response: OrderResponse,
  }) as const;

export const rolloutApi = {
  list: { method: 'GET', path: '/v1/rollouts', response: RolloutList },
  get: { method: 'GET', path: '/v1/rollouts/{rollout}', response: RolloutDetail },
  pause: { ...order('pause'), repeatable: true },
  /** Sent again, it might take back a pause that somebody made in between. */
  resume: order('resume'),
  rollback: { ...order('rollback'), repeatable: true },
} as const;
