import { setTimeout as pause } from 'node:timers/promises';
import { WINE } from '../sites.ts';
import { type Ending, follow, isOver, reasonOf, type Scene } from './scene.ts';

/** Requests that the broken release fails, as a share. */
const BROKEN = { FAULT_ERROR_SHARE: '0.3' };

/** A version that errs is stopped at its first step, and everything goes back to the one before. */
export const faulty = async (scene: Scene): Promise<Ending> => {
  const { room, tell, traffic } = scene;
  const moved: number[] = [];
  await room.publish('faulty', WINE.second, BROKEN);
  traffic.look();
  const id = await room.request('faulty', WINE.second);
  const status = await follow(scene, id, { moved: (share) => moved.push(share), isThere: isOver });
  const harmed = traffic.look();
  tell.moment(`because ${reasonOf(status)}`);
  tell.moment(`${harmed.errors} of ${harmed.rows} answers were errors while it lasted`);
  await pause(2000);
  const after = traffic.look();
  tell.moment(`since then ${after.errors} of ${after.rows}`);
  const first = moved.length === 1;
  const ok = status.state === 'rolled-back' && first && after.errors === 0 && after.rows > 0;
  const outcome = ok
    ? `rolled back from its first step, ${(moved[0] ?? 0) * 100} %`
    : `${status.state}: ${reasonOf(status)}`;
  tell.verdict(ok, outcome);
  return { ok, outcome, moved, status };
};
