import { Throttled } from '../kernel/failures.ts';
import { type Measure, metrics } from '../kernel/metrics.ts';
import { changeRollout } from './change-rollout.ts';
import { evictServed } from './evict-served.ts';
import { lookAround, targetOf } from './look.ts';
import { type Action, nextAction } from './next-action.ts';
import type { EvictPorts, HoldPlacer, Observations, Rollouts, RolloutWorkflows, TargetReader } from './ports.ts';
import { hasLiveOwner, isOver, type RolloutRecord } from './record.ts';
import { type ShiftPorts, settleIntent } from './shift-traffic.ts';
import { askHuman, isTurn, takeTurn } from './take-turn.ts';
import { abandoned, released } from './transitions.ts';

export type ReconcilePorts = ShiftPorts & {
  readonly rollouts: Rollouts;
  readonly observations: Observations;
  readonly placeHold: HoldPlacer;
  readonly workflows: RolloutWorkflows;
};

export type Reconciled = 'over' | 'resting' | 'steered' | 'started';

const TURNS = 16;

/** Moving on is for a workflow to do: it asks admission, and its history says who did what. */
const isForward = (action: Action): boolean =>
  action.do === 'admit' ||
  action.do === 'wait' ||
  action.do === 'resume' ||
  (action.do === 'intend' && action.way === 'forward');

const isBackward = (record: RolloutRecord, action: Action): boolean =>
  record.rollback !== undefined || action.do === 'recall';

const bury = (ports: ReconcilePorts, id: string, deadExecution: string | undefined) =>
  changeRollout(ports.rollouts, id, (record) => {
    if (isOver(record) || record.owner === undefined) return undefined;
    const isDead = record.owner === deadExecution || !hasLiveOwner(record, ports.clock.now());
    return isDead ? { record: abandoned(record, ports.clock.now()) } : undefined;
  });

/** One look and one turn. Nothing means: look again. */
const turn = async (
  ports: ReconcilePorts,
  id: string,
  target: TargetReader,
  isDeath: boolean,
): Promise<Reconciled | undefined> => {
  const seen = await lookAround(ports, id, target);
  if (seen === undefined) return 'over';
  const { record, world } = seen;
  const action = nextAction(record, world);
  if (action.do === 'nothing') return 'over';
  if (hasLiveOwner(record, world.now) && !isBackward(record, action)) return 'steered';
  if (action.do === 'keep-resting')
    return record.owner === undefined || (await ports.rollouts.swap(released(record))) ? 'resting' : undefined;
  if (isForward(action)) {
    // One that dies before it steers would be followed by the next at once, and that by the next.
    if (isDeath) return 'resting';
    await ports.workflows.start(id);
    return 'started';
  }
  if (action.do === 'shift') await settleIntent(ports, id, record.deployment);
  if (action.do === 'ask') await askHuman(ports.placeHold, record, action);
  if (isTurn(action)) await takeTurn(ports.rollouts, record, action, world);
  return undefined;
};

/**
 * Brings a rollout that nobody steers to where it may rest: a dead one to its last safe split, one that is to go back
 * all the way back. It does so by itself, for what killed the workflow may kill the next. One that may go on again is
 * given to a new execution, but not on the news that one has died. One that is steered is left to its workflow, unless traffic has to leave.
 */
export const reconcileRollout =
  (ports: ReconcilePorts) =>
  async (id: string, deadExecution?: string): Promise<Reconciled> => {
    const standing = await bury(ports, id, deadExecution);
    if (standing === undefined || isOver(standing)) return 'over';
    const target = await targetOf(ports, standing.deployment);
    for (let turns = 0; turns < TURNS; turns++) {
      const outcome = await turn(ports, id, target, deadExecution !== undefined);
      if (outcome !== undefined) return outcome;
    }
    throw new Throttled(`rollout ${id} does not come to rest`);
  };

const AT_ONCE = 200;

/** Seconds that the one that rests longest has rested. One that cannot be read is told of when it is reconciled. */
const longestHeld = async ({ rollouts, clock }: ReconcilePorts, underway: readonly string[]): Promise<number> => {
  const records = await Promise.all(underway.map((id) => rollouts.find(id).catch(() => undefined)));
  const now = clock.now().getTime();
  return (
    Math.max(0, ...records.map((record) => (record?.held === undefined ? 0 : now - Date.parse(record.held.at)))) / 1000
  );
};

type AllPorts = ReconcilePorts & EvictPorts & { readonly measure: Measure };

/** Every rollout that is not over, one after the other; one that fails does not keep the others from being looked at. */
export const reconcileAll =
  (ports: AllPorts) => async (): Promise<{ rollout: string; outcome: Reconciled | { failed: unknown } }[]> => {
    const reconcile = reconcileRollout(ports);
    const results: { rollout: string; outcome: Reconciled | { failed: unknown } }[] = [];
    const evicted = await evictServed(ports).catch((why: unknown) => ({
      opened: [],
      failed: [{ deployment: 'deployments', why }],
    }));
    for (const { deployment, why } of evicted.failed) results.push({ rollout: deployment, outcome: { failed: why } });
    const underway = await ports.rollouts.underway(AT_ONCE);
    ports.measure(metrics.rolloutHeldLongest, await longestHeld(ports, underway));
    // The index comes after the table: what was opened just now may not be in it.
    for (const id of new Set([...evicted.opened, ...underway])) {
      const outcome = await reconcile(id).catch((failed: unknown) => ({ failed }));
      results.push({ rollout: id, outcome });
    }
    return results;
  };
