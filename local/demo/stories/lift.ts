import { WINE } from '../sites.ts';
import { BUSY, type HeldEnding } from './drift.ts';
import { type Ending, follow, isOver, reasonOf, type Scene } from './scene.ts';

/** Somebody has mended what shifted and lifts the hold, with a reason: the rollout goes on where it paused. */
export const lift = async (scene: Scene, { status: held, holds, moved: before }: HeldEnding): Promise<Ending> => {
  const { room, tell, traffic } = scene;
  const moved = [...before];
  traffic.send('healthy');
  traffic.pace(BUSY);
  const reason = 'photometer recalibrated, samples read again';
  for (const hold of holds) await room.lift(hold, reason);
  tell.moment(`clearance lift ${holds.map(({ id }) => id).join(', ')}: ${reason}`);
  const status = await follow(scene, held.rollout, {
    moved: (share) => {
      if (share !== moved.at(-1)) moved.push(share);
    },
    isThere: isOver,
  });
  const ok = status.state === 'completed' && moved.length > before.length;
  const outcome = ok ? `went on to 100 % of ${WINE.second}` : `${status.state}: ${reasonOf(status)}`;
  tell.verdict(ok, outcome);
  return { ok, outcome, moved, status };
};
