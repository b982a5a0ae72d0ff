import { beforeAll, describe, expect, test } from 'vitest';
import { planeOf } from '../../cli/plane.ts';
import { narrator } from '../../local/demo/narrator.ts';
import { planeClient } from '../../local/demo/plane-client.ts';
import { prepare } from '../../local/demo/prepare.ts';
import { type Played, playStories, STORIES, type StoryName } from '../../local/demo/programme.ts';
import type { HeldEnding } from '../../local/demo/stories/drift.ts';
import type { Ending } from '../../local/demo/stories/scene.ts';
import { sharedLocalAws } from '../support/local.ts';
import { shellOf } from '../support/people.ts';

/** The stories as the demo plays them, together and by the clock of the wall; where IAM is on, by a person with a role. */
const played = async (kind: 'plain' | 'iam'): Promise<{ stories: Played; told: string }> => {
  const shared = await sharedLocalAws(kind);
  const aws = { ...shared, env: kind === 'iam' ? await shellOf(shared, 'ReleaseEngineer') : shared.env };
  const told: string[] = [];
  const tell = narrator({ print: (line) => told.push(line) });
  Object.assign(process.env, aws.env);
  const plane = planeOf('dev', AbortSignal.timeout(440_000));
  await prepare({ client: planeClient(aws), plane, tell });
  const asked = new Set(Object.keys(STORIES) as StoryName[]);
  return { stories: await playStories({ aws, plane, narrator: tell }, asked), told: told.join('\n') };
};

describe.each(['plain', 'iam'] as const)('on the local AWS, %s', (kind) => {
  let stories: Played;
  let told: string;

  beforeAll(async () => {
    ({ stories, told } = await played(kind));
  });

  /** The whole tale stands in the message when a story did not end as it should. */
  const endingOf = <End extends Ending = Ending>(story: StoryName): End => {
    const ending = stories[story]?.ending;
    if (ending === undefined || ending instanceof Error || !ending.ok)
      throw new Error(`${story}: ${ending instanceof Error ? ending.message : ending?.outcome}\n${told}`);
    return ending as End;
  };

  test('a version that is no worse than the one before reaches 100 %, over every step', () => {
    const { moved, status } = endingOf('healthy');

    expect(moved).toEqual([0.2, 0.5, 1]);
    expect(status).toMatchObject({ state: 'completed', version: '1.1.0', environment: 'staging' });
  });

  test('a version that errs is stopped at its first step and rolled back, for what the judge found', () => {
    const { moved, status } = endingOf('faulty');

    expect(moved).toEqual([0.2]);
    expect(status).toMatchObject({ state: 'rolled-back', share: 0, judgement: { verdict: 'fail' } });
    expect(status.rollback?.by).toEqual({ kind: 'signal', signal: 'rollout.judged-worse' });
  });

  test('shifted inputs: the check names the feature, holds, the rollout rests, admission says no, a page arrives', () => {
    const { moved, status, holds, page, denied } = endingOf<HeldEnding>('drift');

    expect(moved.at(-1)).toBeLessThan(1);
    expect(status.state).toBe('held');
    const [hold] = holds.filter(({ scope }) => 'version' in scope && scope.version === '1.1.0');
    expect(hold).toMatchObject({
      scope: { model: 'wine-logreg', version: '1.1.0', environment: 'production' },
      effect: 'pause',
      placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
    });
    expect(hold?.reason.message).toMatch(/^magnesium: PSI [\d.]+, limit [\d.]+, n /);
    expect(denied.join()).toContain('magnesium');
    expect(page).toContain('magnesium: PSI');
    expect(page).toContain('docs/runbooks/drift.md#a-feature-shifted');
  });

  test('lifting the hold lets the rollout go on to the end', () => {
    const { moved, status } = endingOf('lift');

    expect(moved.at(-1)).toBe(1);
    expect(status.state).toBe('completed');
  });
});
