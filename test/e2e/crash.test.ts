import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostilePickle } from '../../local/demo/hostile-pickle.ts';
import { answerOf, type Plane, redeclared, shippedModel, upload } from '../support/flight.ts';
import { executionsOf, functionsByState, hold, release, stopAt, taskStates } from '../support/interruption.ts';
import { sharedLocalAws } from '../support/local.ts';
import { tracesOf } from '../support/traces.ts';

let plane: Plane;
let functions: Map<string, string>;

const functionAt = (state: string): string => functions.get(state) ?? '';
const releaseAll = () => Promise.all(taskStates.map((state) => release(plane, functionAt(state))));

const clean = () => shippedModel('iris-forest', '1.0.0');
const hostile = () => {
  const shipped = clean();
  return { ...shipped, files: redeclared({ ...shipped.files, 'model.joblib': hostilePickle('id') }, shipped.manifest) };
};

/** An upload whose workflow is stopped at `state`; only then may anything pass that state. */
const stopped = async (state: string) => {
  const shipped = state === 'QuarantineVersion' ? hostile() : clean();
  const versions = await upload(plane, shipped, shipped.files);
  const execution = await stopAt(plane, shipped, state);
  await release(plane, functionAt(state));
  const answer = await answerOf(plane, shipped, versions['manifest.json'] ?? '');
  return { answer, execution, executions: await executionsOf(plane, shipped), traces: await tracesOf(plane, shipped) };
};

const flights = new Map<string, ReturnType<typeof stopped>>();

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  functions = await functionsByState(plane);
  await Promise.all(taskStates.map((state) => hold(plane, functionAt(state))));
  for (const state of taskStates) flights.set(state, stopped(state));
  await Promise.allSettled(flights.values());
});

afterAll(releaseAll);

test.each(taskStates)('an upload whose workflow was stopped at %s is finished with one answer', async (state) => {
  const { answer, execution, executions, traces } = (await flights.get(state)) ?? expect.fail();

  const registered = state !== 'QuarantineVersion';
  expect(executions.find(({ arn }) => arn === execution)?.status).toBe('ABORTED');
  expect(answer.execution).not.toBe(execution);
  expect(answer.reasons.map(({ rule }) => rule)).toEqual(registered ? [] : ['scanning.malicious-file']);
  expect(traces).toEqual({
    answers: [registered ? 'registered' : 'rejected'],
    answerVersions: 1,
    signatures: registered ? 1 : 0,
    bundles: registered ? 1 : 0,
    facts: [registered ? 'registry.version-registered.v1' : 'intake.version-rejected.v1'],
  });
});
