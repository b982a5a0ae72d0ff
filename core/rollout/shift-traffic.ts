import type { z } from 'zod';
import { Throttled } from '../kernel/failures.ts';
import type { rollout } from './contract.ts';
import { type LookPorts, lookAround, targetOf } from './look.ts';
import { nextAction } from './next-action.ts';
import type { Standing, Target } from './ports.ts';
import { flightOf, type RolloutRecord, stampOf } from './record.ts';
import { isTurn, takeTurn } from './take-turn.ts';

type Task = typeof rollout.tasks.shiftTraffic;
export type ShiftPorts = LookPorts<Target>;

const LOOKS = 12;

const shift = async (target: Target, record: RolloutRecord, standing: Standing): Promise<void> => {
  const { intent } = record;
  if (intent === undefined) return;
  const { baseline, candidate } = flightOf(record);
  const split = { baseline: baseline.id, candidate: candidate.id, share: intent.share };
  const move = intent.way === 'back' ? target.rollback : target.shift;
  await move(split, stampOf(record, intent), standing.revision);
};

/**
 * Follows the newest intent until it stands on the target or a newer one has overtaken it. Whatever was decided before
 * is decided again on what there is to see now.
 * @returns false when there is nothing to settle
 */
export const settleIntent = async (ports: ShiftPorts, id: string, deployment: string): Promise<boolean> => {
  const target = await targetOf(ports, deployment);
  for (let looks = 0; looks < LOOKS; looks++) {
    const seen = await lookAround(ports, id, target);
    if (seen?.record.intent === undefined) return looks > 0;
    const { record, world } = seen;
    const action = nextAction(record, world);
    if (action.do === 'shift' && world.standing !== undefined) await shift(target, record, world.standing);
    else if (isTurn(action)) await takeTurn(ports.rollouts, record, action, world);
  }
  throw new Throttled(`rollout ${id} does not come to rest`);
};

/** The one task that moves traffic. */
export const shiftTraffic =
  (ports: ShiftPorts) =>
  async ({ rollout: id }: z.output<Task['input']>): Promise<z.input<Task['output']>> => {
    const record = await ports.rollouts.find(id);
    if (record === undefined) return { outcome: 'not-now' };
    return { outcome: (await settleIntent(ports, id, record.deployment)) ? 'settled' : 'not-now' };
  };
