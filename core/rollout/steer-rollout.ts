import type { Person } from '../kernel/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Reason } from '../kernel/reason.ts';
import { changeRollout } from './change-rollout.ts';
import type { Rollouts, Waker } from './ports.ts';
import { isOver, type RolloutRecord } from './record.ts';
import { paused } from './transitions.ts';

export type SteerPorts = {
  readonly rollouts: Pick<Rollouts, 'find' | 'swap'>;
  readonly waker: Waker;
  readonly clock: Clock;
};

export type Order = { readonly rollout: string; readonly by: Person; readonly reason: string };

/** `unchanged`: it is over, or already so. */
export type Steered =
  | { readonly outcome: 'done' | 'unchanged'; readonly record: RolloutRecord }
  | { outcome: 'unknown' };

const byHand = (rule: string, { by, reason }: Order): Reason => ({ rule, message: reason, found: by.arn });

const order =
  (decide: (record: RolloutRecord, given: Order, now: Date) => RolloutRecord | undefined) =>
  ({ rollouts, waker, clock }: SteerPorts) =>
  async (given: Order): Promise<Steered> => {
    if (given.reason.trim() === '') throw new TypeError('expected a reason');
    const now = clock.now();
    let done = false;
    const record = await changeRollout(rollouts, given.rollout, (standing) => {
      const steered = isOver(standing) ? undefined : decide(standing, given, now);
      done = steered !== undefined;
      return steered && { record: steered };
    });
    if (record === undefined) return { outcome: 'unknown' };
    if (done) await waker.wake(record.id);
    return { outcome: done ? 'done' : 'unchanged', record };
  };

/** Nothing moves on from here until somebody resumes it. A shift that is under way is settled first. */
export const pauseRollout = order((record, given, now) =>
  record.pause?.by.kind === 'person' ? undefined : paused(record, given.by, byHand('rollout.paused', given), now),
);

/** Takes back a pause, whoever made it. Holds stand until they are lifted, and what is to go back goes back. */
export const resumeRollout = order(({ pause, ...record }) => (pause === undefined ? undefined : record));

/** All the way back. Once said, it cannot be unsaid. */
export const rollBackRollout = order((record, given, now) =>
  record.rollback === undefined
    ? { ...record, rollback: { by: given.by, at: now.toISOString(), reasons: [byHand('rollout.called-back', given)] } }
    : undefined,
);
