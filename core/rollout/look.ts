import { type HoldList, ListUnreadable } from '../hold/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deployment } from './deployment.ts';
import { TargetUnusable } from './failures.ts';
import { isBaking, type World } from './next-action.ts';
import type { Deployments, Observations, Rollouts, Standing, StandingHolds, TargetReader } from './ports.ts';
import type { RolloutRecord } from './record.ts';

export type LookPorts<Reached extends TargetReader = TargetReader> = {
  readonly rollouts: Pick<Rollouts, 'find' | 'swap'>;
  readonly holds: StandingHolds;
  readonly deployments: Deployments;
  readonly targets: (deployment: Deployment) => Reached;
  /** Not needed by whoever only settles intents: a rollout with an intent is not judged. */
  readonly observations?: Observations | undefined;
  readonly clock: Clock;
};

/** @throws TargetUnusable */
export const targetOf = async <Reached extends TargetReader>(
  { deployments, targets }: Pick<LookPorts<Reached>, 'deployments' | 'targets'>,
  name: string,
): Promise<Reached> => {
  const deployment = await deployments.find(name);
  if (deployment === undefined) throw new TargetUnusable(`deployment ${name} is not there any more`);
  return targets(deployment);
};

const listOf = async (holds: StandingHolds): Promise<HoldList | 'unreadable'> => {
  try {
    return await holds.list();
  } catch (cause) {
    if (cause instanceof ListUnreadable) return 'unreadable';
    throw cause;
  }
};

/**
 * The record and the world around it. The target is looked at before the record is read: an intent that is newer than
 * the record then shows in the target's revision, and a shift that was decided on the old one is refused there.
 */
export const lookAround = async (
  ports: LookPorts,
  id: string,
  target: TargetReader | undefined,
): Promise<{ record: RolloutRecord; world: World } | undefined> => {
  const standing: Standing | undefined = await target?.current();
  const record = await ports.rollouts.find(id);
  if (record === undefined) return undefined;
  const holds = await listOf(ports.holds);
  const now = ports.clock.now();
  const since = isBaking(record) ? record.stepAt : undefined;
  const windows = since === undefined ? [] : ((await ports.observations?.windows(record, new Date(since), now)) ?? []);
  return { record, world: { now, holds, standing, windows } };
};
