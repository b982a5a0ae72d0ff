import type { Hold } from '../hold/contract.ts';
import type { Actor } from '../kernel/actor.ts';

/** What places the hold on a target that was moved past the plane. */
export const BYPASSED: Extract<Actor, { kind: 'signal' }> = { kind: 'signal', signal: 'rollout.bypassed' };

/** A hold about what somebody put on one target, and not about the version that was rolled out there. */
export const isBypass = ({ placedBy }: Hold): boolean =>
  placedBy.kind === 'signal' && placedBy.signal === BYPASSED.signal;

/** Whether a hold in scope takes traffic off a deployment: what somebody put on another one is no reason to. */
export const evicts = (hold: Hold, deployment: string): boolean =>
  hold.effect === 'evict' && (!isBypass(hold) || hold.deployment === deployment);

/**
 * What something is that serves although no rollout brought it, from the least grave: `moved`: a registered version with
 * its registered bytes. `held`: one that an evicting hold is about. `unregistered`: no such version is. `differs`: one of
 * that name is, with other bytes. `unnamed`: it does not say what it is, or can say something else any moment.
 */
export const STRANGENESS = ['moved', 'held', 'unregistered', 'differs', 'unnamed'] as const;
export type Strangeness = (typeof STRANGENESS)[number];

export const gravest = (found: readonly Strangeness[]): Strangeness | undefined =>
  STRANGENESS.findLast((each) => found.includes(each));
