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

type Together = { readonly record: RolloutRecord; readonly standing: Standing | undefined };

const TRIES = 3;

/**
 * The target is looked at between two reads of the record: a shift by somebody else would otherwise look like a change
 * by hand. And it is looked at before the read that counts: if the record has moved on since, so will the target have,
 * and a shift decided on the old record is refused there.
 */
const together = async (
  { rollouts }: LookPorts,
  id: string,
  target: TargetReader | undefined,
): Promise<Together | undefined> => {
  let before = await rollouts.find(id);
  for (let tries = 0; tries < TRIES && target !== undefined && before !== undefined; tries++) {
    const standing = await target.current();
    const record = await rollouts.find(id);
    if (record?.revision === before.revision) return { record, standing };
    before = record;
  }
  return before === undefined ? undefined : { record: before, standing: undefined };
};

/** The record and the world around it. */
export const lookAround = async (
  ports: LookPorts,
  id: string,
  target: TargetReader | undefined,
): Promise<{ record: RolloutRecord; world: World } | undefined> => {
  const found = await together(ports, id, target);
  if (found === undefined) return undefined;
  const { record, standing } = found;
  const holds = await listOf(ports.holds);
  const now = ports.clock.now();
  const since = isBaking(record) ? record.stepAt : undefined;
  const windows = since === undefined ? [] : ((await ports.observations?.windows(record, new Date(since), now)) ?? []);
  return { record, world: { now, holds, standing, windows } };
};
