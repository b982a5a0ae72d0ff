import { type EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand, type LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { StateType } from './execution.ts';
import { storedZip } from './stored-zip.ts';

export type Clients = { s3: S3Client; sfn: SFNClient; lambda: LambdaClient; eventbridge: EventBridgeClient };

export const FLOOR_BUCKET = 'clearance-bench-floor';
const ROLE = 'arn:aws:iam::000000000000:role/clearance-bench-floor';

/** It logs, as ours do: for the log of a silent function the emulator waits 50 ms, and the floor would be none. */
const CONSTANT = `
export const handler = async () => {
  console.log('done');
  return { outcome: 'constant' };
};`;

/** The one put at the end that an answer cannot do without; plain HTTP, since even the SDK would be more than the floor. */
const ANSWER = `
export const handler = async ({ key, execution }) => {
  const url = new URL('/${FLOOR_BUCKET}/answers/' + key, process.env.AWS_ENDPOINT_URL);
  const { status } = await fetch(url, { method: 'PUT', body: JSON.stringify({ execution }) });
  if (status !== 200) throw new Error('the put was answered with ' + status);
  console.log('done');
  return { outcome: 'answered' };
};`;

const createFunction = async ({ lambda }: Clients, name: string, code: string): Promise<string> => {
  const { FunctionArn = '' } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: ROLE,
      MemorySize: 512,
      Timeout: 30,
      Code: { ZipFile: storedZip('index.mjs', code) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: name });
  return FunctionArn;
};

type Functions = { constant: string; answer: string };

const stateOf = (type: StateType, next: string | undefined, isLastTask: boolean, functions: Functions): object => {
  if (type === 'Succeed') return { Type: 'Succeed' };
  if (next === undefined) throw new Error(`a ${type} state at the end of an intake`);
  if (type === 'Pass') return { Type: 'Pass', Output: '{% $states.input %}', Next: next };
  if (type === 'Choice')
    return { Type: 'Choice', Choices: [{ Condition: "{% $states.input.key != '' %}", Next: next }], Default: next };
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: isLastTask ? functions.answer : functions.constant,
      Payload: { key: '{% $states.input.key %}', execution: '{% $states.context.Execution.Id %}' },
    },
    Output: '{% $states.input %}',
    Next: next,
  };
};

/** The same types of states in the same order, without anything to do in them. */
const definitionOf = (types: readonly StateType[], functions: Functions): string => {
  const nameOf = (index: number): string => `${types[index]}${index}`;
  const states = types.map((type, index) => {
    const next = index + 1 < types.length ? nameOf(index + 1) : undefined;
    return [nameOf(index), stateOf(type, next, index === types.lastIndexOf('Task'), functions)];
  });
  return JSON.stringify({ QueryLanguage: 'JSONata', StartAt: nameOf(0), States: Object.fromEntries(states) });
};

/** A bucket whose manifests start a machine through EventBridge, as intake is started. */
export const createFloor = async (clients: Clients, types: readonly StateType[]): Promise<void> => {
  const { s3, sfn, eventbridge } = clients;
  await s3.send(new CreateBucketCommand({ Bucket: FLOOR_BUCKET }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: FLOOR_BUCKET,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  const functions = {
    constant: await createFunction(clients, 'clearance-bench-constant', CONSTANT),
    answer: await createFunction(clients, 'clearance-bench-answer', ANSWER),
  };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'clearance-bench-floor',
      roleArn: ROLE,
      definition: definitionOf(types, functions),
    }),
  );
  const detail = { bucket: { name: [FLOOR_BUCKET] }, object: { key: [{ wildcard: 'models/*/*/manifest.json' }] } };
  await eventbridge.send(
    new PutRuleCommand({
      Name: 'clearance-bench-floor',
      EventPattern: JSON.stringify({ source: ['aws.s3'], 'detail-type': ['Object Created'], detail }),
    }),
  );
  const InputTransformer = { InputPathsMap: { key: '$.detail.object.key' }, InputTemplate: '{"key":<key>}' };
  await eventbridge.send(
    new PutTargetsCommand({
      Rule: 'clearance-bench-floor',
      Targets: [{ Id: 'floor', Arn: stateMachineArn, RoleArn: ROLE, InputTransformer }],
    }),
  );
};
