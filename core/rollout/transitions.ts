import type { Actor } from '../kernel/actor.ts';
import type { Reason } from '../kernel/reason.ts';
import type { Action } from './next-action.ts';
import { flightOf, type Intent, type RolloutRecord } from './record.ts';

/** The actions that change the record alone. */
export type Turn = Extract<
  Action,
  { do: 'intend' | 'confirm' | 'withdraw' | 'promote' | 'recall' | 'rest' | 'resume' | 'end' }
>;

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

const intended = (record: RolloutRecord, { way, step, share }: Omit<Intent, 'sequence' | 'at'>, now: Date) => {
  const sequence = record.sequence + 1;
  return { ...record, sequence, intent: { sequence, way, step, share, at: now.toISOString() } };
};

/** What was intended stands. Only a step forward starts a trial. */
const confirmed = ({ intent, ...record }: RolloutRecord, now: Date): RolloutRecord => {
  if (intent === undefined) return record;
  const { step, share, way } = intent;
  const moved = { ...record, step, share };
  if (way !== 'forward') return moved;
  const { plan } = flightOf(record);
  const { judgement, verdict, ...tried } = moved;
  const bakeSeconds = plan.steps[step]?.bakeSeconds ?? 0;
  return {
    ...tried,
    stepAt: later(now, plan.settleSeconds),
    deadlineAt: later(now, plan.settleSeconds + bakeSeconds + plan.patienceSeconds),
  };
};

const resumed = (record: RolloutRecord, assert: boolean, now: Date): RolloutRecord => {
  const { held, deadlineAt, ...moving } = record;
  const { plan } = flightOf(record);
  const soonest = later(now, plan.patienceSeconds);
  const again = {
    ...moving,
    ...(deadlineAt !== undefined && { deadlineAt: deadlineAt > soonest ? deadlineAt : soonest }),
  };
  return assert ? intended(again, { way: 'stay', step: record.step, share: record.share }, now) : again;
};

export const over = (
  record: RolloutRecord,
  phase: 'completed' | 'rolled-back' | 'refused',
  reasons: readonly Reason[],
  now: Date,
): RolloutRecord => {
  const { owner, leaseUntil, held, ...rest } = record;
  return { ...rest, phase, reasons: [...reasons], endedAt: now.toISOString() };
};

/** The record after a turn. */
export const turned = (record: RolloutRecord, turn: Turn, now: Date): RolloutRecord => {
  switch (turn.do) {
    case 'intend':
      return intended(record, turn, now);
    case 'confirm':
      return confirmed(record, now);
    case 'withdraw': {
      const { intent, ...withdrawn } = record;
      return withdrawn;
    }
    case 'promote':
      return {
        ...record,
        safe: record.step,
        ...(turn.judgement !== undefined && { judgement: turn.judgement }),
        ...(turn.judgement?.reference !== undefined && { reference: turn.judgement.reference }),
      };
    case 'recall':
      return {
        ...record,
        rollback: { by: { kind: 'signal', signal: turn.signal }, at: now.toISOString(), reasons: [...turn.reasons] },
        ...(turn.judgement !== undefined && { judgement: turn.judgement }),
      };
    case 'rest':
      return { ...record, held: { at: now.toISOString(), because: [...turn.because] } };
    case 'resume':
      return resumed(record, turn.assert, now);
    case 'end':
      return over(record, turn.as, turn.reasons, now);
  }
};

/** Still steered, and until when nobody else may think that it is not. */
export const steered = (record: RolloutRecord, execution: string, seconds: number, now: Date): RolloutRecord => ({
  ...record,
  owner: execution,
  leaseUntil: later(now, seconds),
});

/** Nobody steers it: it rests. */
export const released = ({ owner, leaseUntil, ...record }: RolloutRecord): RolloutRecord => record;

export const paused = (record: RolloutRecord, by: Actor, reason: Reason, now: Date): RolloutRecord => ({
  ...record,
  pause: { by, at: now.toISOString(), reason, retreat: record.pause?.retreat === true },
});

/** The plane's own no. What a person said before stands: theirs is the reason to be told, and theirs to take back. */
export const stopped = (record: RolloutRecord, signal: string, reason: Reason, now: Date): RolloutRecord =>
  record.pause === undefined ? paused(record, { kind: 'signal', signal }, reason, now) : record;

const workflowEnded = (execution: string | undefined): Reason => ({
  rule: 'rollout.workflow-ended',
  message: 'the workflow that steered the rollout ended before the rollout did',
  ...(execution !== undefined && { found: execution }),
  fix: 'Look at the execution, then resume the rollout or roll it back.',
});

/** Its workflow is gone. What had not been judged is taken back, and a human decides how to go on. */
export const abandoned = (record: RolloutRecord, now: Date): RolloutRecord => {
  const { pause, ...free } = stopped(released(record), 'rollout.workflow-ended', workflowEnded(record.owner), now);
  return pause === undefined ? free : { ...free, pause: { ...pause, retreat: true } };
};
