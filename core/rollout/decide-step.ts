import type { z } from 'zod';
import type { GivenVerdict } from '../admission/contract.ts';
import { Throttled } from '../kernel/failures.ts';
import type { Reason } from '../kernel/reason.ts';
import { changeRollout } from './change-rollout.ts';
import type { rollout } from './contract.ts';
import { refusedFact, startedFact } from './facts.ts';
import { type LookPorts, lookAround, targetOf } from './look.ts';
import { type Action, nextAction } from './next-action.ts';
import type { HoldPlacer, Observations, TargetReader, Verdicts } from './ports.ts';
import { flightOf, isOver, type RolloutRecord, stateOf } from './record.ts';
import { askHuman, isTurn, takeTurn } from './take-turn.ts';
import { over, released, steered, stopped } from './transitions.ts';

type Task = typeof rollout.tasks.decideStep;
type Input = z.output<Task['input']>;
type Output = z.input<Task['output']>;

export type DecidePorts = LookPorts & {
  readonly observations: Observations;
  readonly placeHold: HoldPlacer;
  readonly verdicts: Verdicts;
};

const TURNS = 12;

const answer = (next: Output['next'], record: RolloutRecord, about: Partial<Output> = {}): Output => ({
  next,
  seconds: 0,
  question: null,
  state: stateOf(record),
  ...about,
});

/** Admission's no on arrival refuses; on the way it stops, unless holds alone said it: those stop by themselves. */
const denied = (record: RolloutRecord, { reasons }: GivenVerdict, now: Date) => {
  if (record.phase === 'requested')
    return { record: over(record, 'refused', reasons, now), fact: refusedFact(record, reasons, now) };
  const [first] = reasons.filter(({ rule }) => rule !== 'admission.held');
  if (first === undefined) return undefined;
  return { record: stopped(record, 'admission.denied', first, now) };
};

const expectedOf = (record: RolloutRecord) => ({
  model: record.model,
  version: record.version,
  root: flightOf(record).root,
  environment: record.environment,
  target: record.deployment,
});

/** @throws VerdictForged */
const takeVerdict = async (ports: DecidePorts, asked: RolloutRecord, given: GivenVerdict): Promise<void> => {
  const now = ports.clock.now();
  const { outcome, step, verdict: record } = given;
  if (outcome === 'deny' || record === null || step === null) {
    await changeRollout(ports.rollouts, asked.id, (it) => (isOver(it) ? undefined : denied(it, given, now)));
    return;
  }
  const { expiresAt } = await ports.verdicts.check(record, expectedOf(asked), now);
  await changeRollout(ports.rollouts, asked.id, (it) => {
    if (isOver(it)) return undefined;
    const admitted = { ...it, phase: 'underway' as const, verdict: { step, record, expiresAt } };
    return { record: admitted, ...(it.phase === 'requested' && { fact: startedFact(it, now) }) };
  });
};

const LAMBDA_MESSAGE = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/;

const failed = ({ error, cause }: { error: string; cause: string }): Reason => {
  const quoted = LAMBDA_MESSAGE.exec(cause)?.[1];
  return {
    rule: 'rollout.step-failed',
    message: quoted === undefined ? `a step failed with ${error}` : String(JSON.parse(quoted)),
    found: error,
    fix: 'Mend what the message names, then resume the rollout or roll it back.',
  };
};

/** A step that no retry can mend: nothing has begun, so it is refused; or it stops where it is, for a human. */
const takeFailure = async (ports: DecidePorts, id: string, failure: NonNullable<Input['failure']>): Promise<void> => {
  const now = ports.clock.now();
  const reason = failed(failure);
  await changeRollout(ports.rollouts, id, (record) => {
    if (isOver(record)) return undefined;
    if (record.phase === 'requested')
      return { record: over(record, 'refused', [reason], now), fact: refusedFact(record, [reason], now) };
    return { record: stopped(record, 'rollout.step-failed', reason, now) };
  });
};

const questionOf = (record: RolloutRecord, step: number): Output['question'] => {
  const { model, version, environment, deployment } = record;
  return { model, version, environment, target: { deployment, served: flightOf(record).candidate.root ?? null }, step };
};

/** What the workflow has to do, where more than the record is needed. */
const handOver = (record: RolloutRecord, action: Action): Output | undefined => {
  switch (action.do) {
    case 'nothing':
      return answer('over', record);
    case 'wait':
      return answer('wait', record, { seconds: action.seconds });
    case 'shift':
      return answer('shift', record);
    case 'admit':
      return answer('admit', record, { question: questionOf(record, action.step) });
    case 'keep-resting':
      return answer('rest', record);
    default:
      return undefined;
  }
};

/** Still steered while it is handed over; nobody's when it rests. */
const leave = (record: RolloutRecord, action: Action, output: Output, execution: string, now: Date): RolloutRecord => {
  const judgement = action.do === 'wait' ? action.judgement : undefined;
  const seen = { ...record, ...(judgement !== undefined && { judgement }) };
  if (output.next === 'rest') return released(seen);
  return steered(seen, execution, output.seconds + flightOf(record).plan.graceSeconds, now);
};

/** One look and one turn. Nothing means: look again. */
const turn = async (
  ports: DecidePorts,
  { rollout: id, execution, failure }: Input,
  target: TargetReader | undefined,
): Promise<Output | undefined> => {
  const seen = await lookAround(ports, id, target);
  if (seen === undefined) throw new Error(`there is no rollout ${id}`);
  const { record, world } = seen;
  const action = nextAction(record, world);
  if (action.do !== 'nothing' && record.owner !== execution) return answer('lost', record);
  if (action.do === 'ask') await askHuman(ports.placeHold, record, action);
  if (isTurn(action)) await takeTurn(ports.rollouts, record, action, world);
  // What just failed is not tried again at once: the reconciler comes back to it.
  const output = action.do === 'shift' && failure !== null ? answer('rest', record) : handOver(record, action);
  if (output === undefined || output.next === 'over') return output;
  return (await ports.rollouts.swap(leave(record, action, output, execution, world.now))) ? output : undefined;
};

/**
 * Takes every turn that changes the record alone, until something else is to be done: ask admission, move traffic, wait,
 * or nothing. All of it may be repeated, by anybody, at any time.
 */
export const decideStep =
  (ports: DecidePorts) =>
  async (input: Input): Promise<Output> => {
    const { rollout: id, execution, verdict, failure } = input;
    const standing = await ports.rollouts.find(id);
    if (standing === undefined) throw new Error(`there is no rollout ${id}`);
    if (isOver(standing)) return answer('over', standing);
    if (standing.owner !== execution) return answer('lost', standing);
    if (verdict !== null) await takeVerdict(ports, standing, verdict);
    if (failure !== null) await takeFailure(ports, id, failure);
    // A target that may be what failed is not looked at: all that is left to decide is how to rest.
    const target = failure === null ? await targetOf(ports, standing.deployment) : undefined;
    for (let turns = 0; turns < TURNS; turns++) {
      const output = await turn(ports, input, target);
      if (output !== undefined) return output;
    }
    throw new Throttled(`rollout ${id} does not come to rest`);
  };
