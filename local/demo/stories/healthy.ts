import { setTimeout as pause } from 'node:timers/promises';
import { WINE } from '../sites.ts';
import { type Ending, follow, isOver, reasonOf, type Scene, servedBy } from './scene.ts';

/** A version that is no worse than the one before it gets everything, step by step. */
export const healthy = async (scene: Scene): Promise<Ending> => {
  const { room, tell, traffic } = scene;
  const moved: number[] = [];
  await room.publish('healthy', WINE.second);
  const id = await room.request('healthy', WINE.second);
  const status = await follow(scene, id, { moved: (share) => moved.push(share), isThere: isOver });
  traffic.look();
  await pause(2000);
  const served = traffic.look();
  tell.moment(`measured, not declared: ${servedBy(served, WINE.second)}`);
  const alone = served.rows > 0 && served.byVersion[WINE.second]?.rows === served.rows;
  const ok = status.state === 'completed' && alone;
  const outcome = ok ? `completed: ${moved.map((share) => `${share * 100} %`).join(', ')}` : reasonOf(status);
  tell.verdict(ok, outcome);
  return { ok, outcome, moved, status };
};
