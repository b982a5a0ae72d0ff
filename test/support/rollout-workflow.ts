import { Failure } from '../../core/kernel/failure.ts';
import type { RolloutRequested } from '../../core/rollout/contract.ts';
import { decideStep } from '../../core/rollout/decide-step.ts';
import { openRollout } from '../../core/rollout/open-rollout.ts';
import { shiftTraffic } from '../../core/rollout/shift-traffic.ts';
import type { MemoryRollouts } from './memory-rollouts.ts';

export type Trigger = { request: RolloutRequested | { [key: string]: string }; event: string } | { rollout: string };

/** Where an execution stands between two states; `done` says how it ended. */
export type Execution = {
  readonly name: string;
  readonly trigger: Trigger;
  id?: string;
  next: 'open' | 'decide' | 'admit' | 'shift' | 'done';
  step: number | null;
  verdict: Awaited<ReturnType<MemoryRollouts['admit']>> | null;
  failure: { error: string; cause: string } | null;
  outcome?: string;
  waited: number;
};

export const execution = (name: string, trigger: Trigger): Execution => ({
  name,
  trigger,
  next: 'open',
  step: null,
  verdict: null,
  failure: null,
  waited: 0,
});

const open = async (plane: MemoryRollouts, it: Execution): Promise<void> => {
  const request = 'request' in it.trigger ? it.trigger.request : null;
  const event = 'request' in it.trigger ? it.trigger.event : null;
  const rollout = 'rollout' in it.trigger ? it.trigger.rollout : null;
  const { outcome, rollout: id } = await openRollout(plane)({ request, event, rollout, execution: it.name });
  if (id !== null) it.id = id;
  it.outcome = outcome;
  it.next = outcome === 'claimed' ? 'decide' : 'done';
};

const decide = async (plane: MemoryRollouts, it: Execution): Promise<void> => {
  const { verdict, failure } = it;
  it.verdict = null;
  it.failure = null;
  const output = await decideStep(plane)({ rollout: it.id ?? '', execution: it.name, verdict, failure });
  it.outcome = output.next;
  it.step = output.question?.step ?? null;
  if (output.next === 'wait') {
    plane.pass(output.seconds);
    it.waited += output.seconds;
  } else it.next = output.next === 'admit' || output.next === 'shift' ? output.next : 'done';
};

const step = async (plane: MemoryRollouts, it: Execution): Promise<void> => {
  if (it.next === 'open') return open(plane, it);
  if (it.next === 'decide') return decide(plane, it);
  if (it.next === 'admit') it.verdict = await plane.admit(it.id ?? '', it.step);
  if (it.next === 'shift') await shiftTraffic(plane)({ rollout: it.id ?? '', execution: it.name });
  if (it.next !== 'done') it.next = 'decide';
};

/**
 * One state of the workflow, as the state machine runs it: a failure that no retry mends is told to the next decision.
 * Whatever else it throws is the caller's to take for a crash.
 */
export const runState = async (plane: MemoryRollouts, it: Execution): Promise<void> => {
  try {
    await step(plane, it);
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.disposition === 'retry') throw cause;
    it.failure = { error: cause.name, cause: JSON.stringify({ errorMessage: cause.message }) };
    it.next = 'decide';
  }
};

/** Runs an execution to its end. */
export const runToEnd = async (
  plane: MemoryRollouts,
  name: string,
  trigger: Trigger,
  atMost = 300,
): Promise<Execution> => {
  const it = execution(name, trigger);
  for (let states = 0; it.next !== 'done'; states++) {
    if (states > atMost) throw new Error(`${name} does not end: ${it.outcome}`);
    await runState(plane, it);
  }
  return it;
};
