import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { paginateListQueues } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from 'vitest';
import { VersionRejected } from '../../core/intake/contract.ts';
import { VersionRegistered } from '../../core/registry/contract.ts';
import { listenOnBus, messagesOf } from '../support/bus-listener.ts';
import { hostileModel, type Plane, shippedModel, submit } from '../support/flight.ts';
import { executionsOf } from '../support/interruption.ts';
import { eventually, sharedLocalAws } from '../support/local.ts';

let plane: Plane;
let bus: Awaited<ReturnType<typeof listenOnBus>>;
const factsAbout = (model: string) => bus.factsAbout(model);

const golden = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../events/${path}.json`, import.meta.url), 'utf8'));

/** The names of everything in a document, without its values. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
};

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  bus = await listenOnBus(plane);
});

test('a registration is told once on the bus, as its golden example shows it', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');

  const { answer } = await submit(plane, shipped, shipped.files);
  const [fact, ...more] = await factsAbout(shipped.model);

  expect(more).toEqual([]);
  expect(fact).toMatchObject({ source: 'clearance', 'detail-type': 'registry.version-registered.v1' });
  expect(shapeOf(fact?.detail)).toEqual(shapeOf(golden('registry/version-registered.v1')));
  expect(VersionRegistered.strict().parse(fact?.detail)).toMatchObject({
    version: '1.0.0',
    attempt: answer.attempt,
    root: answer.root,
    tier: answer.tier,
    bundle: { bucket: plane.outputs.ModelBucketName, key: answer.bundle?.key },
  });
});

test('a rejection is told once on the bus, as its golden example shows it, with its reasons', async () => {
  const shipped = hostileModel();

  const { answer } = await submit(plane, shipped, shipped.files);
  const [fact, ...more] = await factsAbout(shipped.model);

  expect(more).toEqual([]);
  expect(fact).toMatchObject({ source: 'clearance', 'detail-type': 'intake.version-rejected.v1' });
  expect(Object.keys(fact?.detail ?? {})).toEqual(Object.keys(golden('intake/version-rejected.v1')));
  expect(VersionRejected.strict().parse(fact?.detail)).toMatchObject({
    attempt: answer.attempt,
    reasons: answer.reasons,
    reasonCount: answer.reasons.length,
  });
});

const forge = (entry: PutEventsRequestEntry) => plane.eventbridge.send(new PutEventsCommand({ Entries: [entry] }));

test('a forged fact is not heard, and a forged announcement starts nothing', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const forged = { model: `forged-${randomUUID().slice(0, 8)}`, version: '1.0.0' };
  const detail = {
    bucket: { name: plane.outputs.ModelBucketName },
    object: { key: `models/${forged.model}/${forged.version}/manifest.json`, 'version-id': 'forged' },
  };

  await forge({
    EventBusName: plane.outputs.EventBusName,
    Source: 'somebody',
    DetailType: 'registry.version-registered.v1',
    Detail: JSON.stringify({ ...golden('registry/version-registered.v1'), ...forged }),
  });
  await forge({ Source: 'somebody', DetailType: 'Object Created', Detail: JSON.stringify(detail) });
  await submit(plane, shipped, shipped.files);
  await factsAbout(shipped.model);

  expect(bus.heard.filter((event) => event.detail.model === forged.model)).toEqual([]);
  expect(await executionsOf(plane, forged)).toEqual([]);
});

const queueNamed = async (part: string): Promise<string> => {
  for await (const { QueueUrls = [] } of paginateListQueues({ client: plane.sqs }, {})) {
    const found = QueueUrls.find((url) => url.includes(part));
    if (found !== undefined) return found;
  }
  throw new Error(`no queue is named ${part}`);
};

test('a fact that cannot be published ends in the dead-letter queue, and those after it are told', async () => {
  const shipped = shippedModel('iris-forest', '1.0.0');
  const unpublished = await queueNamed('Unpublished');

  await plane.ddb.send(
    new PutItemCommand({
      TableName: plane.outputs.RegistryTableName,
      Item: {
        pk: { S: `FACT#${randomUUID()}` },
        sk: { S: 'FACT' },
        type: { S: 'registry.version-registered.v1' },
        detail: { S: 'no JSON' },
      },
    }),
  );
  await submit(plane, shipped, shipped.files);
  const facts = await factsAbout(shipped.model);
  const [letter] = await eventually('a dead letter', async () => {
    const letters = await messagesOf(plane, unpublished);
    return letters.length > 0 ? letters : undefined;
  });

  expect(facts).toHaveLength(1);
  expect(letter).toMatchObject({ requestContext: { condition: 'RetryAttemptsExhausted' } });
});
