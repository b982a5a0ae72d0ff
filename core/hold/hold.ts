import { z } from 'zod';
import { Actor, Person } from '../kernel/actor.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { digestOf, hexOf } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { DeploymentName, EnvironmentName, ModelId, VersionId } from '../kernel/identity.ts';
import { Reason } from '../kernel/reason.ts';

const Named = z
  .strictObject({ model: ModelId.optional(), version: VersionId.optional(), environment: EnvironmentName.optional() })
  .refine(({ model, version, environment }) => (model ?? version ?? environment) !== undefined, {
    message: 'expected a model, an environment or both; everything is held by { "everything": true }',
  })
  .refine(({ model, version }) => version === undefined || model !== undefined, {
    path: ['version'],
    message: 'a version is one of a model: name the model too',
  });

/** What is held. What is not named matches everything, so holding all there is has to be said in so many words. */
export const HoldScope = z.union([z.strictObject({ everything: z.literal(true) }), Named]);
export type HoldScope = z.infer<typeof HoldScope>;

/** `pause`: nothing moves on. `evict`: traffic leaves first. Ascending. */
export const HoldEffect = z.enum(['pause', 'evict']);
export type HoldEffect = z.infer<typeof HoldEffect>;

/** `page`: customer or safety impact. Ascending. */
export const HoldSeverity = z.enum(['ticket', 'page']);
export type HoldSeverity = z.infer<typeof HoldSeverity>;

/** A standing no. */
export const Hold = z.object({
  id: z.string(),
  /** Of scope, deployment and signal: while a hold stands, the same signal about the same thing is that hold. */
  fingerprint: z.string(),
  scope: HoldScope,
  /** The deployment that the signal was measured on. It narrows nothing: the scope says what is held. */
  deployment: DeploymentName.optional(),
  effect: HoldEffect,
  severity: HoldSeverity,
  /** With the numbers, as last seen. */
  reason: Reason,
  evidence: z.array(EvidenceRef),
  /** Section of a runbook: `drift#a-feature-shifted`. */
  runbook: z.string().optional(),
  placedBy: Actor,
  placedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  count: z.int().min(1),
  expiresAt: z.iso.datetime().optional(),
  lifted: z.object({ at: z.iso.datetime(), by: Person, reason: z.string().min(1) }).optional(),
});
export type Hold = z.infer<typeof Hold>;

/** The holds that nobody lifted. The revision counts every change, so that whoever acts on a list can prove it current. */
export const HoldList = z.object({ revision: z.int().min(1), holds: z.array(Hold) });
export type HoldList = z.infer<typeof HoldList>;

/** What a hold may concern: one version of a model in one environment. */
export type Held = { readonly model: string; readonly version: string; readonly environment: string };

const matches = (scope: HoldScope, subject: Held): boolean =>
  'everything' in scope ||
  (['model', 'version', 'environment'] as const).every((name) => (scope[name] ?? subject[name]) === subject[name]);

/** An expiry is compared here, at every read; the table's time to live only cleans up. */
export const isStanding = ({ lifted, expiresAt }: Hold, now: Date): boolean =>
  lifted === undefined && (expiresAt === undefined || new Date(expiresAt) > now);

export const holdsInScope = ({ holds }: HoldList, subject: Held, now: Date): Hold[] =>
  holds.filter((hold) => isStanding(hold, now) && matches(hold.scope, subject));

export type PlaceHold = {
  readonly scope: HoldScope;
  readonly deployment?: DeploymentName | undefined;
  readonly effect: HoldEffect;
  readonly severity: HoldSeverity;
  readonly reason: Reason;
  readonly evidence?: readonly EvidenceRef[] | undefined;
  readonly runbook?: string | undefined;
  readonly placedBy: Actor;
  readonly expiresAt?: string | undefined;
};

/** Each person's hold is their own: lifting it must not lift what somebody else asked for. */
const nameOf = (actor: Actor): string => (actor.kind === 'signal' ? actor.signal : actor.arn);

const fingerprintOf = ({ scope, deployment, placedBy }: Pick<PlaceHold, 'scope' | 'deployment' | 'placedBy'>) =>
  hexOf(digestOf(canonicalJson({ scope, deployment, signal: nameOf(placedBy) }))).slice(0, 16);

const higher = <Level extends string>(levels: readonly Level[], a: Level, b: Level): Level =>
  levels.indexOf(a) < levels.indexOf(b) ? b : a;

/** No expiry is the latest there is. */
const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || b === undefined ? undefined : a < b ? b : a;

/** The revision makes the id another one each time that the same fingerprint opens. */
const opened = (request: PlaceHold, fingerprint: string, revision: number, now: Date): Hold => ({
  id: `${fingerprint}-${revision}`,
  fingerprint,
  scope: request.scope,
  ...(request.deployment !== undefined && { deployment: request.deployment }),
  effect: request.effect,
  severity: request.severity,
  reason: request.reason,
  evidence: [...(request.evidence ?? [])],
  ...(request.runbook !== undefined && { runbook: request.runbook }),
  placedBy: request.placedBy,
  placedAt: now.toISOString(),
  lastSeenAt: now.toISOString(),
  count: 1,
  ...(request.expiresAt !== undefined && { expiresAt: new Date(request.expiresAt).toISOString() }),
});

/** What is seen again never becomes weaker or shorter by it. */
const seenAgain = ({ expiresAt: until, ...standing }: Hold, request: PlaceHold, now: Date): Hold => {
  const asked = opened(request, standing.fingerprint, 0, now);
  const expiresAt = later(until, asked.expiresAt);
  return {
    ...standing,
    effect: higher(HoldEffect.options, standing.effect, asked.effect),
    severity: higher(HoldSeverity.options, standing.severity, asked.severity),
    reason: asked.reason,
    evidence: asked.evidence,
    lastSeenAt: asked.lastSeenAt,
    count: standing.count + 1,
    ...(expiresAt !== undefined && { expiresAt }),
  };
};

export type Placement = { readonly outcome: 'placed' | 'raised' | 'repeated'; readonly hold: Hold };

/** The hold that stands after the request, given all that stood before: at most one for each fingerprint. */
export const place = (list: HoldList, request: PlaceHold, now: Date): Placement => {
  const fingerprint = fingerprintOf(request);
  const standing = list.holds.find((hold) => hold.fingerprint === fingerprint && isStanding(hold, now));
  if (standing === undefined) return { outcome: 'placed', hold: opened(request, fingerprint, list.revision, now) };
  const hold = seenAgain(standing, request, now);
  const raised = hold.effect !== standing.effect || hold.severity !== standing.severity;
  return { outcome: raised ? 'raised' : 'repeated', hold };
};

export const lift = (hold: Hold, by: Person, reason: string, now: Date): Hold => ({
  ...hold,
  lifted: { at: now.toISOString(), by, reason },
});
