import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { beforeAll, expect, test } from 'vitest';
import { holdApi, StandingHolds } from '../../core/hold/api.ts';
import type { Hold } from '../../core/hold/contract.ts';
import { FindingRaised, type SecurityFinding, security } from '../../core/security/contract.ts';
import { aliasUpdated, apiCall } from '../support/api-calls.ts';
import { listenOnBus } from '../support/bus-listener.ts';
import type { Plane } from '../support/flight.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';
import { onCallAt } from '../support/on-call.ts';
import { callAs } from '../support/people.ts';
import { ask, type Flight, flightOf, requestFor, traffic, until } from '../support/rollouts.ts';
import { aliasOf, type Serving } from '../support/serving.ts';

let plane: Plane;
let pages: Awaited<ReturnType<typeof onCallAt>>;
let bus: Awaited<ReturnType<typeof listenOnBus>>;

beforeAll(async () => {
  plane = await sharedLocalAws('iam');
  pages = await onCallAt(plane, plane.outputs.PageTopicArn);
  bus = await listenOnBus(plane);
});

/** The whole of the traffic is on Lambda version 2, brought there by a rollout. */
const rolledOut = async (): Promise<Flight> => {
  const flight = await flightOf(plane);
  await using _ = traffic(plane, flight);
  const [id = ''] = await ask(plane, requestFor(flight));
  await until(plane, id, ['completed']);
  return flight;
};

/** What a person with an SDK does: code of their own, published and put behind the alias. */
const deployByHand = async ({ functionName, alias }: Serving, says: Record<string, string>): Promise<string> => {
  const { Environment } = await plane.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  const Variables = { ...Environment?.Variables, ...says };
  await plane.lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: functionName, Environment: { Variables } }),
  );
  const { Version = '' } = await plane.lambda.send(new PublishVersionCommand({ FunctionName: functionName }));
  await plane.lambda.send(
    new UpdateAliasCommand({ FunctionName: functionName, Name: alias, FunctionVersion: Version }),
  );
  return Version;
};

const asEntry = ({ detail, source, 'detail-type': DetailType }: ReturnType<typeof apiCall>) => ({
  Source: source,
  DetailType,
  Detail: JSON.stringify(detail),
});
const entryOf = ({ functionName }: Serving, version: string) => asEntry(aliasUpdated({ functionName, version }));

/** What CloudTrail says. The local AWS has no CloudTrail, so the harness speaks in its place. */
const tellEntry = async (entry: ReturnType<typeof entryOf>) => {
  const body = JSON.stringify({ Entries: [entry] });
  const told = await fetch(`${plane.endpoint}/_local/tell-as-aws`, { method: 'POST', body });
  expect(await told.json()).toMatchObject({ FailedEntryCount: 0 });
};

const tell = (flight: Serving, version: string) => tellEntry(entryOf(flight, version));

/** What was told to whoever watches for attacks, about a model. */
const findingAbout = (model: string): Promise<SecurityFinding> =>
  eventually(`a finding about ${model}`, async () => {
    const heard = await bus.heardSoFar();
    const found = heard
      .filter(({ 'detail-type': type }) => type === security.events.findingRaised.type)
      .map(({ detail }) => FindingRaised.parse(detail).finding)
      .find(({ ProductFields }) => ProductFields['clearance/model'] === model);
    return found;
  });

const heldAbout = async ({ deployment }: Serving): Promise<Hold[]> => {
  const { body } = await callAs(plane, 'Reader', holdApi.list);
  return StandingHolds.parse(JSON.parse(body)).holds.filter((hold) => hold.deployment === deployment);
};

const held = (flight: Serving): Promise<Hold> =>
  eventually(`a hold on ${flight.deployment}`, async () => (await heldAbout(flight))[0]);

const served = async (flight: Serving) => (await aliasOf(plane, flight)).FunctionVersion;

test.concurrent('a version that nobody registered, put behind the alias past the plane, is held, taken off, and somebody is paged', async () => {
  const flight = await rolledOut();
  const version = await deployByHand(flight, { CLEARANCE_VERSION: '9.9.9' });
  expect(await served(flight)).toBe(version);

  await tell(flight, version);
  const hold = await held(flight);
  await eventually('the traffic to be back', async () => (await served(flight)) === '2' || undefined);
  const [page] = await pages.heardOf(hold.id, 1);

  expect(hold).toMatchObject({
    effect: 'evict',
    placedBy: { signal: 'rollout.bypassed' },
    reason: { found: `${version} (9.9.9) 100 %` },
  });
  expect(await findingAbout(flight.model)).toMatchObject({
    GeneratorId: 'clearance/rollout.bypassed-unregistered',
    Severity: { Label: 'CRITICAL' },
    AwsAccountId: '000000000000',
  });
  expect(page?.Subject).toContain('rollout.bypassed');
  expect(page?.Message).toContain('docs/runbooks/rollout.md#traffic-was-moved-past-the-plane');

  // CloudTrail delivers at least once, and the way back is a call of its own.
  await tell(flight, version);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await heldAbout(flight)).toMatchObject([{ id: hold.id }]);
});

test.concurrent('the version before, put back by hand, stays where it is, and nothing moves on until a person says so', async () => {
  const flight = await rolledOut();
  await plane.lambda.send(
    new UpdateAliasCommand({ FunctionName: flight.functionName, Name: flight.alias, FunctionVersion: '1' }),
  );

  await tell(flight, '1');
  const hold = await held(flight);

  expect(hold).toMatchObject({ effect: 'pause', severity: 'page', reason: { rule: 'rollout.bypassed-moved' } });
  expect(await served(flight)).toBe('1');
});

test.concurrent('nobody else can say so: not on the default bus, and not on that of the plane, with rights to put events on both', async () => {
  const flight = await flightOf(plane);
  const version = await deployByHand(flight, { CLEARANCE_VERSION: '9.9.9' });
  const entry = entryOf(flight, version);
  const forged = [entry, { ...entry, EventBusName: plane.outputs.EventBusName }, { ...entry, Source: 'lambda' }];

  const { Entries = [] } = await plane.eventbridge.send(new PutEventsCommand({ Entries: forged }));
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const before = await heldAbout(flight);
  await tell(flight, version);

  const refused = 'NotAuthorizedForSourceException';
  expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([refused, refused, undefined]);
  expect(before).toEqual([]);
  expect(await held(flight)).toMatchObject({ effect: 'evict' });
});

test.concurrent('somebody whom S3 refused a model is told of, by the call that was refused and no other', async () => {
  const model = `iris-${randomUUID().slice(0, 8)}`;
  const asked = { bucketName: plane.outputs.ModelBucketName, key: `models/${model}/1.0.0/model.onnx` };
  const read = { service: 's3', name: 'GetObject', asked, readOnly: true };

  await tellEntry(asEntry(apiCall(read)));
  await tellEntry(asEntry(apiCall({ ...read, errorCode: 'AccessDenied' })));
  await tellEntry(asEntry(apiCall({ ...read, errorCode: 'AccessDenied' })));
  const finding = await findingAbout(model);
  await new Promise((resolve) => setTimeout(resolve, 3000));

  expect(finding).toMatchObject({
    GeneratorId: 'clearance/security.access-refused',
    Resources: [{ Type: 'AwsS3Object', Id: `arn:aws:s3:::${asked.bucketName}/${asked.key}` }],
  });
  // The queue shows what was heard before again and again.
  const told = (await bus.heardSoFar()).filter(({ detail }) => detail.model === model);
  expect([...new Set(told.map(({ detail, 'detail-type': type }) => `${type} ${detail.id}`))]).toEqual([
    expect.stringContaining(security.events.accessRefused.type),
  ]);
});
