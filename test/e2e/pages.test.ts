import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/local-aws.ts';
import { answerOf, type Plane, shippedModel, upload } from '../support/flight.ts';
import { functionsByState } from '../support/interruption.ts';
import { clientsOf, eventually } from '../support/local.ts';
import { onCallAt } from '../support/on-call.ts';
import { call } from '../support/probe.ts';

type Message = { AlarmName: string; AlarmDescription: string; OldStateValue: string; NewStateValue: string };

let aws: LocalAws;
let plane: Plane;
let pages: Awaited<ReturnType<typeof onCallAt>>;

// A plane of its own: elsewhere tests stop workflows on purpose, and an alarm about them would be right.
beforeAll(async () => {
  aws = await startLocalAws({ stage: {}, onProgress: console.error });
  plane = { ...aws, ...clientsOf(aws) };
  pages = await onCallAt(plane, aws.outputs.PageTopicArn);
});
afterAll(() => aws.stop());

/** That an alarm which had nothing to go by is well says nothing of what was wrong. */
const isNews = ({ OldStateValue }: Message): boolean => OldStateValue !== 'INSUFFICIENT_DATA';

/** A failure counts for its minute and the one after it. */
const untilSaid = (state: string): Promise<readonly Message[]> =>
  eventually(
    `a page that says ${state}`,
    async () => {
      const said = (await pages.heard()).map(({ Message }): Message => JSON.parse(Message)).filter(isNews);
      return said.some(({ NewStateValue }) => NewStateValue === state) ? said : undefined;
    },
    { within: 300_000, every: 500 },
  );

/** A change made outside of CDK: the function no longer knows its key, so that every call of it fails. */
const withoutKey = async (FunctionName: string) => {
  const { Environment } = await plane.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { SIGNING_KEY_ARN, ...Variables } = Environment?.Variables ?? {};
  const set = (variables: Record<string, string>) =>
    plane.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: variables } }));
  await set(Variables);
  return { mend: () => set({ ...Variables, SIGNING_KEY_ARN: SIGNING_KEY_ARN ?? '' }) };
};

/** The alarms that are raised now, those that a group speaks for among them. */
const raised = async (): Promise<string[]> => {
  const { MetricAlarms } = await call<{ MetricAlarms: { AlarmName: string }[] }>(
    plane,
    'monitoring',
    'GraniteServiceVersion20100801.DescribeAlarms',
    { StateValue: 'ALARM' },
  );
  return MetricAlarms.map(({ AlarmName }) => AlarmName);
};

const untilRaised = (part: string): Promise<string> =>
  eventually(`the alarm ${part}`, async () => (await raised()).find((name) => name.includes(part)));

test('one cause that raises several alarms is one page, and one message when it is over', async () => {
  const broken = await withoutKey((await functionsByState(plane)).get('SignVersion') ?? '');
  const submitted = [1, 2, 3].map(() => shippedModel('iris-forest', '1.0.0'));

  const versions = await Promise.all(submitted.map((shipped) => upload(plane, shipped, shipped.files)));
  await untilSaid('ALARM');
  const children = await Promise.all(['VersionsCannotBeSigned', 'WorkflowsFail'].map(untilRaised));
  await broken.mend();
  const answers = await Promise.all(
    submitted.map((shipped, at) => answerOf(plane, shipped, versions[at]?.['manifest.json'] ?? '')),
  );
  const said = await untilSaid('OK');

  expect(children).toHaveLength(2);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['registered', 'registered', 'registered']);
  expect(said.map(({ NewStateValue }) => NewStateValue)).toEqual(['ALARM', 'OK']);
  expect(said[0]?.AlarmDescription).toContain('Runbook: docs/runbooks/plane.md#intake-does-not-work');
  expect(said[1]?.AlarmName).toBe(said[0]?.AlarmName);
});
