import type { Plane } from '../../cli/plane.ts';
import type { LocalAws } from '../local-aws.ts';
import { controlRoom } from './control-room.ts';
import type { Narrator, Row } from './narrator.ts';
import { SITES, type Site } from './sites.ts';
import { drift } from './stories/drift.ts';
import { faulty } from './stories/faulty.ts';
import { healthy } from './stories/healthy.ts';
import { lift } from './stories/lift.ts';
import type { Ending, Scene } from './stories/scene.ts';
import { storyTeller } from './story-teller.ts';
import { startTraffic } from './traffic.ts';

/** The stories that happen at the same time, each on a line of its own; lifting needs something that is held. */
export const STORIES = {
  healthy: 'a version that is no worse reaches 100 %, step by step',
  faulty: 'a version that errs is stopped at its first step and rolled back',
  drift: 'inputs shift: the scheduled check names the feature, holds, pauses a rollout and pages',
  lift: 'the hold is lifted, and the rollout goes on',
} as const;
export type StoryName = keyof typeof STORIES;

type Stage = { aws: Pick<LocalAws, 'endpoint' | 'env' | 'outputs'>; plane: Plane; narrator: Narrator };

const COLOURS = { healthy: 'green', faulty: 'red', drift: 'yellow', lift: 'cyan' } as const;

/** Batches a second: the quiet line leaves a canary at its first step long enough for a check to find it there. */
const CALLS: Readonly<Record<Site, number>> = { healthy: 5, faulty: 5, drift: 1.2 };

/** Lets a story happen on its line, with real requests from its beginning to its end. */
export const withScene = async <T>(
  { aws, plane, narrator }: Stage,
  site: Site,
  began: number,
  play: (scene: Scene, as: (story: StoryName) => Scene) => Promise<T>,
): Promise<T> => {
  const room = controlRoom(aws, plane);
  const traffic = startTraffic(aws, { functionName: room.functionOf(site), alias: 'live', calls: CALLS[site] });
  const as = (story: StoryName): Scene => ({
    room,
    traffic,
    tell: storyTeller(narrator, story, COLOURS[story], began),
  });
  try {
    return await play(as(site), as);
  } finally {
    await traffic.stop();
  }
};

const rowOf = async (story: StoryName, began: number, play: () => Promise<Ending>): Promise<Row> => {
  const { ok, outcome } = await play().catch((cause: Error) => ({ ok: false, outcome: cause.message }));
  return { step: STORIES[story], outcome: `${outcome}`, ok, milliseconds: Date.now() - began };
};

/** Plays the stories that are asked for together; resolves to a row for each. */
export const playStories = async (stage: Stage, asked: ReadonlySet<StoryName>): Promise<Row[]> => {
  const began = Date.now();
  const one = (story: 'healthy' | 'faulty', play: (scene: Scene) => Promise<Ending>) =>
    asked.has(story) ? [rowOf(story, began, () => withScene(stage, story, began, play)).then((row) => [row])] : [];
  const held = asked.has('drift') || asked.has('lift');
  const driftAndLift = () =>
    withScene(stage, 'drift', began, async (scene, as) => {
      const rows: Row[] = [];
      let ending: Awaited<ReturnType<typeof drift>> | undefined;
      rows.push(await rowOf('drift', began, async () => (ending = await drift(scene))));
      const lifted = Date.now();
      const found = ending;
      if (found?.ok && asked.has('lift')) rows.push(await rowOf('lift', lifted, () => lift(as('lift'), found)));
      return rows;
    });
  const played = await Promise.all([
    ...one('healthy', healthy),
    ...one('faulty', faulty),
    ...(held ? [driftAndLift()] : []),
  ]);
  return played.flat();
};

export const lines = (): string =>
  Object.values(SITES)
    .map(({ deployment }) => deployment)
    .join(', ');
