import type { Plane } from '../../cli/plane.ts';
import type { LocalAws } from '../local-aws.ts';
import { controlRoom } from './control-room.ts';
import type { Narrator } from './narrator.ts';
import type { Site } from './sites.ts';
import { BUSY, drift, type HeldEnding } from './stories/drift.ts';
import { faulty } from './stories/faulty.ts';
import { healthy } from './stories/healthy.ts';
import { lift } from './stories/lift.ts';
import type { Ending, Scene } from './stories/scene.ts';
import { storyTeller } from './story-teller.ts';
import { type Pace, startTraffic } from './traffic.ts';

export const STORIES = {
  healthy: 'a version that is no worse than the one before reaches 100 %, step by step',
  faulty: 'a version that errs is stopped at its first step and rolled back',
  drift: 'inputs shift: the scheduled check names the feature, holds, pauses a rollout and pages',
  lift: 'after drift: the hold is lifted, and the rollout goes on',
} as const;
export type StoryName = keyof typeof STORIES;

export type Stage = { aws: Pick<LocalAws, 'endpoint' | 'env' | 'outputs'>; plane: Plane; narrator: Narrator };

/** What became of each story that was played. */
export type Played = Partial<Record<StoryName, { ending: Ending | Error; milliseconds: number }>>;

const COLOURS = { healthy: 'green', faulty: 'red', drift: 'yellow', lift: 'cyan' } as const;

const STEADY = { calls: 4, rowsPerCall: 25 };

/** How each line is used. One call at a time where a story counts what was answered. */
const USE: Readonly<Record<Site, { pace: Pace; concurrency: number }>> = {
  healthy: { pace: STEADY, concurrency: 2 },
  faulty: { pace: STEADY, concurrency: 2 },
  drift: { pace: BUSY, concurrency: 1 },
};

/** Plays the stories together, each on a line of its own with real requests from beginning to end. */
export const playStories = async (stage: Stage, asked: ReadonlySet<StoryName>): Promise<Played> => {
  const { aws, plane, narrator } = stage;
  const began = Date.now();
  const room = controlRoom(aws, plane);
  const played: Played = {};

  const onLine = async (site: Site, play: (scene: Omit<Scene, 'tell'>) => Promise<void>): Promise<void> => {
    const traffic = startTraffic(aws, { functionName: room.functionOf(site), alias: 'live', ...USE[site] });
    await play({ room, traffic }).finally(() => traffic.stop());
  };

  const tellStory = async <End extends Ending>(
    story: StoryName,
    scene: Omit<Scene, 'tell'>,
    play: (scene: Scene) => Promise<End>,
  ): Promise<End | undefined> => {
    const [from, tell] = [Date.now(), storyTeller(narrator, story, COLOURS[story], began)];
    const ending = await play({ ...scene, tell }).catch((cause: Error) => cause);
    played[story] = { ending, milliseconds: Date.now() - from };
    if (ending instanceof Error) tell.verdict(false, ending.message);
    return ending instanceof Error ? undefined : ending;
  };

  const alone = (story: 'healthy' | 'faulty', play: (scene: Scene) => Promise<Ending>) =>
    onLine(story, async (scene) => void (await tellStory(story, scene, play)));

  const driftThenLift = () =>
    onLine('drift', async (scene) => {
      const held = await tellStory<HeldEnding>('drift', scene, drift);
      if (asked.has('lift') && held !== undefined) await tellStory('lift', scene, (told) => lift(told, held));
    });

  await Promise.all([
    ...(asked.has('healthy') ? [alone('healthy', healthy)] : []),
    ...(asked.has('faulty') ? [alone('faulty', faulty)] : []),
    ...(asked.has('drift') ? [driftThenLift()] : []),
  ]);
  return played;
};
