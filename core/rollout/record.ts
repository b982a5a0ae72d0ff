import { z } from 'zod';
import { RiskTier } from '../gates/contract.ts';
import { Actor } from '../kernel/actor.ts';
import { Digest } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { DeploymentName, EnvironmentName, ModelId, VersionId } from '../kernel/identity.ts';
import { Reason } from '../kernel/reason.ts';
import { Backend, Plan } from './deployment.ts';
import { Judgement, Reference } from './judgement.ts';

const Instant = z.iso.datetime();

/** A shift that is decided and not yet seen on the target. Only the newest counts; each has its own stamp. */
export const Intent = z.object({
  sequence: z.int().min(1),
  /** `stay` asserts the split that stands, so that no older intent can come true after it. */
  way: z.enum(['forward', 'stay', 'back']),
  share: z.number(),
  /** The step whose split this is; −1: all traffic to the baseline. */
  step: z.int().min(-1),
  at: Instant,
});
export type Intent = z.infer<typeof Intent>;

/**
 * What the plane remembers of one rollout. Every change is a compare-and-swap on `revision`.
 *
 *     requested ──▶ underway: admitted ─▶ shifting ─▶ baking ─▶ judged ─▶ shifting … ──▶ completed
 *         │             └────────── held, at any point, and on again ──────────┘ │
 *         ▼                                                                      ▼
 *      refused                                                              rolled-back
 */
export const RolloutRecord = z.object({
  id: z.string(),
  /** What the request calls itself; everything about the rollout carries it. */
  correlationId: z.string(),
  deployment: DeploymentName,
  model: ModelId,
  version: VersionId,
  environment: EnvironmentName,
  /** A claim of the request. */
  requestedBy: z.string().optional(),
  requestedAt: Instant,
  revision: z.int().min(0),
  phase: z.enum(['requested', 'underway', 'completed', 'rolled-back', 'refused']),
  /** Known, and needed, unless it was refused on arrival. */
  flight: z.object({ root: Digest, tier: RiskTier, plan: Plan, baseline: Backend, candidate: Backend }).optional(),
  /** The step and share that were last seen on the target; −1 and 0 before the first. */
  step: z.int().min(-1),
  share: z.number().min(0).max(1),
  /** The last step that was judged well: where a rollout goes that nobody steers any more. */
  safe: z.int().min(-1),
  /** Of the newest intent. */
  sequence: z.int().min(0),
  intent: Intent.optional(),
  stepAt: Instant.optional(),
  deadlineAt: Instant.optional(),
  judgement: Judgement.optional(),
  reference: Reference.optional(),
  /** The yes that the next shift needs: for that step alone, and not for long. */
  verdict: z.object({ step: z.int(), record: EvidenceRef, expiresAt: Instant }).optional(),
  /** It rests, and why. */
  held: z.object({ at: Instant, because: z.array(Reason) }).optional(),
  /** Somebody said stop. `retreat`: what was not judged yet is taken back first. */
  pause: z.object({ by: Actor, at: Instant, reason: Reason, retreat: z.boolean() }).optional(),
  /** Somebody or the judge said back. It cannot be unsaid. */
  rollback: z.object({ by: Actor, at: Instant, reasons: z.array(Reason) }).optional(),
  /** Of its end. */
  endedAt: Instant.optional(),
  reasons: z.array(Reason).optional(),
  /** The execution that steers it, and until when its silence means nothing. */
  owner: z.string().optional(),
  leaseUntil: Instant.optional(),
});
export type RolloutRecord = z.infer<typeof RolloutRecord>;
export type Flight = NonNullable<RolloutRecord['flight']>;

const TERMINAL: readonly RolloutRecord['phase'][] = ['completed', 'rolled-back', 'refused'];
export const isOver = ({ phase }: Pick<RolloutRecord, 'phase'>): boolean => TERMINAL.includes(phase);

export const RolloutState = z.enum([
  'requested',
  'admitted',
  'shifting',
  'baking',
  'judged',
  'held',
  'completed',
  'rolled-back',
  'refused',
]);
export type RolloutState = z.infer<typeof RolloutState>;

/** The one word for where it is. */
export const stateOf = (record: RolloutRecord): RolloutState => {
  if (record.phase !== 'underway' && record.phase !== 'requested') return record.phase;
  if (record.held !== undefined) return 'held';
  if (record.phase === 'requested') return 'requested';
  if (record.intent !== undefined) return 'shifting';
  if (record.step === -1) return 'admitted';
  return record.step === record.safe ? 'judged' : 'baking';
};

/** What a shift leaves on the target, so that whoever looks can tell which intent came true. */
export const stampOf = ({ id }: Pick<RolloutRecord, 'id'>, { sequence }: Pick<Intent, 'sequence'>): string =>
  `clearance rollout ${id} intent ${sequence}`;

const STAMP = /^clearance rollout (\S+) intent ([1-9]\d{0,8})$/;

/** Whether a stamp is of an intent that the rollout has had. */
export const hasStamped = ({ id, sequence }: Pick<RolloutRecord, 'id' | 'sequence'>, stamp = ''): boolean => {
  const [, rollout, intent] = STAMP.exec(stamp) ?? [];
  return rollout === id && Number(intent) <= sequence;
};

/** @throws TypeError for a record that was refused on arrival: nothing was ever to be shifted */
export const flightOf = ({ id, flight }: RolloutRecord): Flight => {
  if (flight === undefined) throw new TypeError(`rollout ${id} was refused on arrival`);
  return flight;
};

export const hasLiveOwner = ({ owner, leaseUntil }: RolloutRecord, now: Date): boolean =>
  owner !== undefined && leaseUntil !== undefined && new Date(leaseUntil) > now;
