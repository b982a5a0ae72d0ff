import { expect, test } from 'vitest';
import { EXIT } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { requestRollout } from '../../cli/rollout.ts';
import { listRollouts, showRollout, steerRollout } from '../../cli/steer-rollout.ts';
import type { RolloutDetail, RolloutStatus } from '../../core/rollout/api.ts';
import { rolloutApi } from '../../core/rollout/api.ts';
import { statusOf } from '../../core/rollout/rollout-status.ts';
import { memoryRollouts } from '../support/memory-rollouts.ts';
import { execution, runState } from '../support/rollout-workflow.ts';

/** A plane that gives one answer to whatever it is asked or told, and keeps what it was told. */
const answering = (answer: unknown) => {
  const told: unknown[] = [];
  const plane = {
    address: async () => expect.fail('nobody needs the address'),
    ask: async () => answer,
    tell: async (route: { path: string }, names: unknown, body: unknown) => {
      told.push({ path: route.path, names, body });
      return answer;
    },
  } as unknown as Plane;
  return { plane, told };
};

/** A rollout of the domain's own making, half of whose first bake is over. */
const baking = async (): Promise<RolloutStatus> => {
  const plane = memoryRollouts();
  const request = { request: 'ci-1', model: 'fraud', version: '2.0.0', environment: 'prod', requestedBy: 'ci' };
  const it = execution('x1', { request, event: 'e1' });
  for (let states = 0; it.waited < 60 && states < 30; states++) await runState(plane, it);
  const [record] = plane.records.values();
  return statusOf(record ?? expect.fail());
};

const detail = (status: RolloutStatus): RolloutDetail => rolloutApi.get.response.parse({ status, holds: [] });

test('a rollout is shown with what is served, what is next and the judgement in numbers', async () => {
  const { exitCode, text } = await showRollout('r1', answering(detail(await baking())).plane);

  expect(exitCode).toBe(EXIT.unknown);
  expect(text).toContain('… fraud 2.0.0 in prod, behind fraud-prod: baking');
  expect(text).toContain('by ci (as the request says)');
  expect(text).toContain('serves   10 % of requests from 2.0.0, the rest from the version before');
  expect(text).toContain('steps    [10 %] ─ 50 % ─ 100 %');
  expect(text).toContain('next     50 %, when 120 s of baking are judged well');
  expect(text).toMatch(/errors \+0\.00 %, surely between −\d+\.\d\d % and \+\d+\.\d\d %/);
});

test.each([
  ['completed', EXIT.yes],
  ['rolled-back', EXIT.no],
  ['refused', EXIT.no],
  ['held', EXIT.unknown],
] as const)('a script that reads %s gets exit code %i', async (state, expected) => {
  const { exitCode } = await showRollout('r1', answering(detail({ ...(await baking()), state })).plane);

  expect(exitCode).toBe(expected);
});

test('a rollout that the plane does not know is a no', async () => {
  const { plane } = answering(undefined);

  const answers = [await showRollout('r1', plane), await steerRollout('pause', { rollout: 'r1', reason: 'x' }, plane)];

  expect(answers.map(({ exitCode }) => exitCode)).toEqual([EXIT.no, EXIT.no]);
});

test('an order goes to its own route with its reason, and tells what it did', async () => {
  const { plane, told } = answering({ outcome: 'done', status: await baking() });

  const { exitCode, text } = await steerRollout('rollback', { rollout: 'r1', reason: 'errors in the app' }, plane);

  expect(exitCode).toBe(EXIT.yes);
  expect(text).toContain('everything goes back');
  expect(told).toEqual([
    { path: '/v1/rollouts/{rollout}/rollback', names: { rollout: 'r1' }, body: { reason: 'errors in the app' } },
  ]);
});

test.each([
  ['pause', 'completed', 'to go back: clearance rollout fraud VERSION --env prod'],
  ['rollback', 'completed', 'to go back: clearance rollout fraud VERSION --env prod'],
  ['resume', 'rolled-back', 'to try again: clearance rollout fraud 2.0.0 --env prod'],
  ['resume', 'refused', 'to try again: clearance rollout fraud 2.0.0 --env prod'],
] as const)('%s of a rollout that is %s comes too late, which is a no', async (verb, state, way) => {
  const { plane } = answering({ outcome: 'unchanged', status: { ...(await baking()), state } });

  const { exitCode, text } = await steerRollout(verb, { rollout: 'r1', reason: 'x' }, plane);

  expect(exitCode).toBe(EXIT.no);
  expect(text).toContain(`✗ too late: the rollout is ${state}`);
  expect(text).toContain(way);
});

test.each([
  ['pause', 'held'],
  ['rollback', 'rolled-back'],
] as const)('%s of a rollout that is %s is a yes: it stands as it was ordered', async (verb, state) => {
  const { plane } = answering({ outcome: 'unchanged', status: { ...(await baking()), state } });

  const { exitCode, text } = await steerRollout(verb, { rollout: 'r1', reason: 'x' }, plane);

  expect([exitCode, text]).toEqual([EXIT.yes, expect.stringContaining('✓ nothing to change')]);
});

test('a refused rollout is not said to serve anything, nor to stand behind a deployment that is not there', async () => {
  const reasons = [{ rule: 'rollout.deployment-unknown', message: 'fraud has no deployment in prod' }];
  const refused = { ...(await baking()), state: 'refused', share: 0, deployment: 'unknown', reasons } as const;

  const { text } = await showRollout('r1', answering(detail(refused)).plane);

  expect(text).toContain('✗ fraud 2.0.0 in prod: refused');
  expect(text).not.toMatch(/serves|behind/);
});

test('what is under way is a table, and nothing is a sentence', async () => {
  const some = await listRollouts(answering({ rollouts: [await baking()] }).plane);
  const none = await listRollouts(answering({ rollouts: [] }).plane);

  expect(some.text).toMatch(/ROLLOUT +VERSION .*\n\w{20} +fraud 2\.0\.0 +fraud-prod +baking +10 %/);
  expect(none.text).toBe('No rollout is under way.');
});

test.each([
  ['--env', { env: undefined }, /--env/],
  ['version', { version: 'no such/version' }, /version/],
])('a request with a wrong %s is told before anything is sent', async (_, wrong, message) => {
  const asked = { model: 'fraud', version: '2.0.0', env: 'prod', ...wrong };
  const context = { signal: new AbortController().signal, progress: () => {} };

  const refused = requestRollout(asked, answering(undefined).plane, context);

  await expect(refused).rejects.toMatchObject({
    exitCode: EXIT.usage,
    reason: { path: expect.stringMatching(message) },
  });
});
