import { WINE } from '../sites.ts';
import type { HeldEnding } from './drift.ts';
import { type Ending, follow, isOver, reasonOf, type Scene } from './scene.ts';

/** Somebody has mended what shifted and lifts the hold, with a reason: the rollout goes on where it paused. */
export const lift = async (scene: Scene, { status: held, holds, moved }: HeldEnding): Promise<Ending> => {
  const { room, tell, traffic } = scene;
  traffic.send('healthy');
  const reason = 'photometer recalibrated, samples re-read';
  for (const hold of holds) await room.lift(hold, reason);
  tell.moment(`${holds.length === 1 ? 'the hold is' : `${holds.length} holds are`} lifted: ${reason}`);
  const before = moved.length;
  const status = await follow(scene, held.rollout, moved, (seen) => isOver(seen));
  const ok = status.state === 'completed' && moved.length > before;
  const outcome = ok ? `went on to 100 % of ${WINE.second}` : `${status.state}: ${reasonOf(status)}`;
  tell.verdict(ok, outcome);
  return { ok, outcome, moved, status };
};
