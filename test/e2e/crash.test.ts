import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { intakeKeys } from '../../core/intake/table.ts';
import { flipped } from '../../local/demo/model-files.ts';
import { answerOf, hostileModel, type Plane, shippedModel, upload } from '../support/flight.ts';
import { executionsOf, functionsByState, hold, release, stopAt, taskStates } from '../support/interruption.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { tracesOf } from '../support/traces.ts';

let plane: Plane;
let functions: Map<string, string>;

const functionAt = (state: string): string => functions.get(state) ?? '';
const releaseAll = () => Promise.all(taskStates.map((state) => release(plane, functionAt(state))));

/** A test that fails must not leave the tests after it with a function that cannot run. */
const holdForThisTest = async (name: string): Promise<void> => {
  onTestFinished(() => release(plane, name).then(() => {}));
  await hold(plane, name);
};

const clean = () => shippedModel('iris-forest', '1.0.0');

/** An upload whose workflow is stopped at `state`; only then may anything pass that state. */
const stopped = async (state: string) => {
  const shipped = state === 'QuarantineVersion' ? hostileModel() : clean();
  const versions = await upload(plane, shipped, shipped.files);
  const execution = await stopAt(plane, shipped, state);
  await release(plane, functionAt(state));
  const answer = await answerOf(plane, shipped, versions['manifest.json'] ?? '');
  // The answer stands a moment before its fact.
  const executions = await eventually('everything that was started to be over', async () => {
    const started = await executionsOf(plane, shipped);
    return started.some(({ status }) => status === 'RUNNING') ? undefined : started;
  });
  return { answer, execution, executions, traces: await tracesOf(plane, shipped) };
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

test('a quarantine that was interrupted after it had marked the bytes still gives its answer at once', async () => {
  const shipped = clean();
  const tampered = { ...shipped.files, 'README.md': flipped(shipped.files['README.md'] ?? new Uint8Array()) };
  await holdForThisTest(functionAt('QuarantineVersion'));
  const versions = await upload(plane, shipped, tampered);

  const execution = await stopAt(plane, shipped, 'QuarantineVersion');
  for (const [path, VersionId] of Object.entries(versions)) await markAsQuarantined(shipped, path, VersionId);
  await release(plane, functionAt('QuarantineVersion'));
  const answer = await answerOf(plane, shipped, versions['manifest.json'] ?? '');

  expect(answer.execution).not.toBe(execution);
  expect(answer.reasons.map(({ path }) => path)).toEqual(['README.md']);
});

const markAsQuarantined = ({ model, version }: { model: string; version: string }, path: string, VersionId: string) =>
  plane.s3.send(
    new PutObjectTaggingCommand({
      Bucket: plane.outputs.ModelBucketName,
      Key: `models/${model}/${version}/${path}`,
      VersionId,
      Tagging: { TagSet: [{ Key: 'clearance', Value: 'quarantined' }] },
    }),
  );

const ruleOnStatus = async () => {
  const { Rules = [] } = await plane.eventbridge.send(new ListRulesCommand({}));
  const Name = Rules.find(({ EventPattern }) => EventPattern?.includes('Execution Status Change'))?.Name ?? '';
  const { Targets = [] } = await plane.eventbridge.send(new ListTargetsByRuleCommand({ Rule: Name }));
  return { Name, sweeper: Targets[0]?.Arn ?? '' };
};

test('a workflow whose end nobody heard of is started again by the schedule, but not before its lease is over', async () => {
  const shipped = clean();
  const { Name, sweeper } = await ruleOnStatus();
  const sweep = () => plane.lambda.send(new InvokeCommand({ FunctionName: sweeper, Payload: '{}' }));
  await holdForThisTest(functionAt('SignVersion'));
  await plane.eventbridge.send(new DisableRuleCommand({ Name }));
  onTestFinished(() => plane.eventbridge.send(new EnableRuleCommand({ Name })).then(() => {}));
  const versions = await upload(plane, shipped, shipped.files);
  const attempt = { ...shipped, id: versions['manifest.json'] ?? '' };

  const execution = await stopAt(plane, shipped, 'SignVersion');
  await release(plane, functionAt('SignVersion'));
  await sweep();
  const early = await executionsOf(plane, shipped);
  await letLeaseBeOver(attempt);
  await sweep();
  const answer = await answerOf(plane, shipped, attempt.id);

  expect(early).toMatchObject([{ arn: execution, status: 'ABORTED' }]);
  expect(answer).toMatchObject({ outcome: 'registered', reasons: [] });
});

const letLeaseBeOver = (attempt: { model: string; version: string; id: string }) => {
  const { pk, sk } = intakeKeys.attempt(attempt);
  return plane.ddb.send(
    new UpdateItemCommand({
      TableName: plane.outputs.IntakeTableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'SET leaseUntil = :past, dueAt = :past',
      ExpressionAttributeValues: { ':past': { S: new Date(Date.now() - 1000).toISOString() } },
    }),
  );
};

/** A function that cannot start: its environment lacks everything that its contract names. */
const breakUntilMended = async (FunctionName: string): Promise<() => Promise<unknown>> => {
  const { Environment } = await plane.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const configure = (Variables: Record<string, string>) =>
    plane.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  const mend = () => configure(Environment?.Variables ?? {});
  onTestFinished(() => mend().then(() => {}));
  await configure({});
  return mend;
};

test('an upload that five workflows could not finish is refused, and is cleared when it is announced again', async () => {
  const shipped = clean();
  const mend = await breakUntilMended(functionAt('EvaluateGates'));

  const versions = await upload(plane, shipped, shipped.files);
  const refusal = await answerOf(plane, shipped, versions['manifest.json'] ?? '');
  const executions = await executionsOf(plane, shipped);
  await mend();
  const again = await upload(plane, shipped, shipped.files, ['manifest.json']);
  const answer = await answerOf(plane, shipped, again['manifest.json'] ?? '');

  expect(refusal.reasons.map(({ rule }) => rule)).toEqual(['intake.tries-exhausted']);
  expect(executions.filter(({ status }) => status === 'FAILED')).toHaveLength(5);
  expect(answer.outcome).toBe('registered');
});
