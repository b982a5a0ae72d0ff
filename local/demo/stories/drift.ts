import { setTimeout as pause } from 'node:timers/promises';
import type { Hold } from '../../../core/hold/contract.ts';
import { SITES, WINE } from '../sites.ts';
import { type Ending, follow, isOver, reasonOf, type Scene, until } from './scene.ts';

const MINUTE = 60_000;
/** So long before a full minute a rollout is asked for: it is under way when the check looks at that minute. */
const LEAD_MS = 30_000;
export const BUSY = { calls: 3, rowsPerCall: 20 };
const QUIET = { calls: 1, rowsPerCall: 1 };
/** Answers of the new version: enough for a check to tell drift by, too few for the judge to let it move on. */
const ENOUGH = 60;

/** What the hold left: the rollout that it paused, its page, and why admission says no. */
export type HeldEnding = Ending & { holds: Hold[]; page: string; denied: readonly string[] };

/** What a person sees of a message that SNS put into a queue. */
const readPage = (body: string): { subject: string; text: string } => {
  const { Subject, Message } = JSON.parse(body);
  return { subject: `a page: ${Subject ?? ''}`, text: String(Message) };
};

const pageAbout = async ({ room, tell }: Scene, version: string): Promise<string> => {
  const page = await until('a page', 120_000, async () =>
    (await room.pages()).map(readPage).find(({ text }) => text.startsWith(`${WINE.model} ${version} in `)),
  );
  tell.quote(page.subject, page.text);
  return page.text;
};

const holdPlaced = async ({ room, tell }: Scene): Promise<Hold[]> => {
  const holds = await until('a hold', 120_000, async () => {
    const found = await room.holdsOn('drift');
    return found.some(({ scope }) => 'version' in scope && scope.version === WINE.second) ? found : undefined;
  });
  for (const { reason, scope } of holds)
    tell.moment(`the scheduled check holds ${'version' in scope ? scope.version : 'everything'}: ${reason.message}`);
  return holds;
};

const askAdmission = async ({ room, tell }: Scene): Promise<string[]> => {
  const answer = await room.admit('drift', WINE.second);
  const reasons = answer?.outcome === 'deny' ? answer.reasons.map(({ message }) => message) : [];
  tell.moment(`may ${WINE.second} run in ${SITES.drift.environment} now? ${answer?.outcome}: ${reasons.join('; ')}`);
  return reasons;
};

/** Inputs shift; the scheduled check names the feature and holds, the rollout under way pauses, and somebody is paged. */
export const drift = async (scene: Scene): Promise<HeldEnding> => {
  const { room, tell, traffic } = scene;
  const moved: number[] = [];
  await room.publish('drift', WINE.second);
  const check = Math.ceil((Date.now() + LEAD_MS) / MINUTE) * MINUTE;
  const wait = Math.max(0, check - LEAD_MS - Date.now());
  tell.moment(`all is well; a check looks at every full minute (this goes on in ${Math.ceil(wait / 1000)} s)`);
  await pause(wait);
  traffic.send('misread');
  traffic.paceAfter(WINE.second, ENOUGH, QUIET);
  tell.moment('a photometer is replaced: from now on it reads magnesium 30 % too high');
  const id = await room.request('drift', WINE.second);
  const following = follow(scene, id, {
    moved: (share) => moved.push(share),
    isThere: (seen) => seen.state === 'held' || isOver(seen),
  }).then((status) => {
    if (isOver(status)) throw new Error(`the rollout ended before it was held: ${reasonOf(status)}`);
    return status;
  });
  const [holds, status, page] = await Promise.all([holdPlaced(scene), following, pageAbout(scene, WINE.second)]);
  const denied = await askAdmission(scene);
  const named = holds.some(({ reason }) => reason.message.includes('magnesium'));
  const ok = named && denied.length > 0;
  const outcome = ok ? `magnesium named, held, paused at ${status.share * 100} %, paged` : reasonOf(status);
  tell.verdict(ok, outcome);
  return { ok, outcome, moved, status, holds, page, denied };
};
