import { factOf } from './facts.ts';
import type { Action, AskSignal, World } from './next-action.ts';
import type { HoldPlacer, Rollouts } from './ports.ts';
import type { RolloutRecord } from './record.ts';
import { type Turn, turned } from './transitions.ts';

const TURNS: readonly Action['do'][] = ['intend', 'confirm', 'withdraw', 'promote', 'recall', 'rest', 'resume', 'end'];
export const isTurn = (action: Action): action is Turn => TURNS.includes(action.do);

/**
 * Writes what a turn makes of the record. What gives the candidate more traffic, a step forward or a restoration, is
 * written only if the list of holds is still the one that was read: a hold that comes between the look and the write
 * stops it.
 * @returns false if the record or the holds have changed: look again
 */
export const takeTurn = (
  rollouts: Pick<Rollouts, 'swap'>,
  record: RolloutRecord,
  turn: Turn,
  { now, holds }: World,
): Promise<boolean> => {
  const raises = turn.do === 'intend' ? turn.way === 'forward' : turn.do === 'resume' && turn.assert;
  return rollouts.swap(turned(record, turn, now), {
    fact: factOf(record, turn, now),
    ...(raises && holds !== 'unreadable' && { holds: holds.revision }),
  });
};

/** What whoever finds such a hold reads first. */
const RUNBOOKS: Readonly<Record<AskSignal, string>> = {
  'rollout.not-enough-data': 'rollout#not-enough-data',
  'rollout.target-moved': 'rollout#the-target-moved',
};

/** A hold for a human, on this version where it was going. It is one hold, however often it is asked for. */
export const askHuman = (placeHold: HoldPlacer, record: RolloutRecord, ask: Extract<Action, { do: 'ask' }>) =>
  placeHold({
    scope: { model: record.model, version: record.version, environment: record.environment },
    deployment: record.deployment,
    effect: 'pause',
    severity: 'ticket',
    reason: ask.reason,
    placedBy: { kind: 'signal', signal: ask.signal },
    runbook: RUNBOOKS[ask.signal],
  });
