import { setTimeout as pause } from 'node:timers/promises';
import type { RolloutStatus } from '../../../core/rollout/api.ts';
import type { ControlRoom } from '../control-room.ts';
import { WINE } from '../sites.ts';
import { type StoryTeller, splitBar } from '../story-teller.ts';
import type { Served, Traffic } from '../traffic.ts';

/** What a story is played with. */
export type Scene = { room: ControlRoom; tell: StoryTeller; traffic: Traffic };

/** `moved`: the shares that the new version was seen to have, in turn. */
export type Ending = { ok: boolean; outcome: string; moved: number[]; status: RolloutStatus };

const LOOK_MS = 500;
const LONGEST_MS = 120_000;

export const until = async <T>(what: string, within: number, look: () => Promise<T | undefined>): Promise<T> => {
  for (const began = Date.now(); Date.now() - began < within; await pause(LOOK_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`not within ${within / 1000} s: ${what}`);
};

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** What the services said themselves, whatever was declared. */
export const servedBy = ({ rows, byVersion }: Served, version: string): string =>
  `${percent((byVersion[version]?.rows ?? 0) / Math.max(1, rows))} of ${rows} answers came from ${version}`;

const bar = (share: number): string => splitBar(WINE.first, WINE.second, share);

const VERDICTS = { pass: 'no worse', fail: 'worse', 'not-enough-data': 'not enough data yet' } as const;

const judged = ({ judgement }: RolloutStatus): string | undefined => {
  if (judgement === undefined) return undefined;
  const { verdict, requests } = judgement;
  return `judge: ${VERDICTS[verdict]}, after ${requests.canary} requests beside ${requests.baseline}`;
};

const TOLD: Partial<Record<RolloutStatus['state'], (status: RolloutStatus) => string>> = {
  requested: () => 'rollout requested over the bus',
  admitted: () => 'admission: registered, signature and bytes verified, policy says yes, nothing held',
  baking: ({ share }) => bar(share),
  held: ({ share }) => `${bar(share)}  paused`,
  completed: ({ share }) => `${bar(share)}  completed`,
  'rolled-back': ({ share }) => `${bar(share)}  rolled back`,
  refused: () => 'refused',
};

/** What is new in a status: each sentence once, until another takes its place. */
const newsIn = (): ((status: RolloutStatus) => string[]) => {
  let [place, opinion] = ['', ''];
  return (status) => {
    const { state, share, judgement } = status;
    const nowAt = `${state} ${share}`;
    // Of a canary that nobody has asked yet there is nothing to say.
    const nowThought = judgement === undefined || judgement.requests.canary === 0 ? opinion : judgement.verdict;
    const thought = nowThought === opinion ? undefined : judged(status);
    const at = nowAt === place ? undefined : TOLD[state]?.(status);
    [place, opinion] = [nowAt, nowThought];
    return [thought, at].flatMap((line) => line ?? []);
  };
};

/** Tells every turn of a rollout until it is where it is awaited, and resolves to that. */
export const follow = async (
  { room, tell }: Pick<Scene, 'room' | 'tell'>,
  id: string,
  { moved, isThere }: { moved: (share: number) => void; isThere: (status: RolloutStatus) => boolean },
): Promise<RolloutStatus> => {
  const news = newsIn();
  let shareBefore = 0;
  return until(`the end of rollout ${id}`, LONGEST_MS, async () => {
    const status = await room.look(id);
    if (status === undefined) return undefined;
    const { share } = status;
    if (share > 0 && share !== shareBefore) moved(share);
    shareBefore = share;
    for (const line of news(status)) tell.moment(line);
    return isThere(status) ? status : undefined;
  });
};

export const isOver = ({ state }: RolloutStatus): boolean => ['completed', 'rolled-back', 'refused'].includes(state);

export const reasonOf = ({ reasons, judgement }: RolloutStatus): string =>
  [...reasons, ...(judgement?.reasons ?? [])][0]?.message ?? 'for no reason';
