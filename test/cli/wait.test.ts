import { expect, test } from 'vitest';
import { EXIT } from '../../cli/outcome.ts';
import { wait } from '../../cli/wait.ts';
import { registryApi } from '../../core/registry/api.ts';
import { rolloutApi } from '../../core/rollout/api.ts';
import { toldPlane } from '../support/told-plane.ts';
import { quietly } from './folder.ts';

const attempt = (id: string, change: object = {}) => ({
  attempt: id,
  status: 'answered',
  outcome: 'rejected',
  firstSeenAt: '2026-11-23T10:00:00.000Z',
  reasons: [],
  reasonCount: 0,
  ...change,
});
const version = (state: string, ...attempts: object[]) => ({ model: 'iris', version: '3', state, attempts });

const waiting = (answers: readonly unknown[], asked: object = {}) => {
  const { plane, calls } = toldPlane(...answers);
  const said: string[] = [];
  const context = { ...quietly(), progress: (line: string) => void said.push(line) };
  const request = { model: 'iris', version: '3', timeoutSeconds: 5, ...asked };
  return { calls, said, answer: wait(request, plane, context) };
};

test.concurrent.each([
  ['registered', EXIT.yes],
  ['rejected', EXIT.no],
])('a version that is %s in the end ends the wait with %i, whatever it was before', async (state, exitCode) => {
  const { answer, calls, said } = waiting([
    version('unknown'),
    version('incomplete'),
    version('running'),
    version(state),
  ]);

  expect((await answer).exitCode).toBe(exitCode);
  expect(calls).toHaveLength(4);
  expect(calls[0]).toEqual({ route: registryApi.status, names: { model: 'iris', version: '3' } });
  expect(said.map((line) => line.split(': ')[1]?.split(' ')[0])).toEqual(['unknown', 'incomplete', 'running']);
});

test.concurrent('the no of an older upload is not the answer to the one that is waited for', async () => {
  const before = version('rejected', attempt('old'));
  const after = version('rejected', attempt('new', { outcome: 'rejected' }), attempt('old'));

  const { answer, calls } = waiting([before, after], { attempt: 'new' });

  expect((await answer).exitCode).toBe(EXIT.no);
  expect(calls).toHaveLength(2);
});

test.concurrent('an attempt that was superseded was neither registered nor refused', async () => {
  const { answer } = waiting([version('registered', attempt('new', { outcome: 'superseded' }))], { attempt: 'new' });

  expect((await answer).exitCode).toBe(EXIT.unknown);
});

test.concurrent('when the time is over, it could not be told, and the last that was seen is', async () => {
  const { answer } = waiting([version('incomplete')], { timeoutSeconds: 0.01 });

  await expect(answer).rejects.toMatchObject({
    exitCode: EXIT.unknown,
    reason: { path: '--timeout', found: 'incomplete' },
  });
});

const rollout = (state: string, share = 0.2) => ({
  status: {
    rollout: 'r1',
    deployment: 'iris-eu',
    model: 'iris',
    version: '3',
    environment: 'production',
    state,
    requestedAt: '2026-11-23T10:00:00.000Z',
    share,
    step: 1,
    steps: [{ share: 0.2, bakeSeconds: 8 }],
    reasons: [],
  },
  holds: [],
});
const ROLLOUT = { model: undefined, version: undefined, rollout: 'r1' };

test.concurrent.each([
  ['completed', EXIT.yes],
  ['rolled-back', EXIT.no],
  ['refused', EXIT.no],
  ['held', EXIT.unknown],
])('a rollout that is %s ends the wait with %i', async (state, exitCode) => {
  const { answer, calls } = waiting([undefined, rollout('shifting'), rollout('baking'), rollout(state)], ROLLOUT);

  const { exitCode: told, text } = await answer;

  expect(told).toBe(exitCode);
  expect(text).toContain(`iris 3 in production, behind iris-eu: ${state}`);
  expect(calls).toHaveLength(4);
  expect(calls[0]).toEqual({ route: rolloutApi.get, names: { rollout: 'r1' } });
});

test.concurrent.each([
  ['one that bakes', rollout('baking'), 'baking at 20 %'],
  ['one that never began', undefined, '"r1"'],
])('a rollout that is not over in time could not be told: %s', async (_, seen, found) => {
  const { answer } = waiting([seen], { ...ROLLOUT, timeoutSeconds: 0.01 });

  await expect(answer).rejects.toMatchObject({ exitCode: EXIT.unknown, reason: { path: '--timeout', found } });
});

test.concurrent.each([
  ['nothing', { model: undefined, version: undefined }],
  ['a model without a version', { version: undefined }],
  ['both', { rollout: 'r1' }],
])('waiting for %s is a wrong call', async (_, asked) => {
  const { answer } = waiting([version('registered')], asked);

  await expect(answer).rejects.toMatchObject({ exitCode: EXIT.usage });
});

test.concurrent('an interrupted wait ends at once', async () => {
  const { plane } = toldPlane(version('running'));
  const controller = new AbortController();

  const answer = wait({ model: 'iris', version: '3' }, plane, { ...quietly(), signal: controller.signal });
  controller.abort();

  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});
