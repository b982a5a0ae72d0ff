import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { HoldScope, isStanding, type PlaceHold } from '../../core/hold/hold.ts';
import { liftHold } from '../../core/hold/lift-hold.ts';
import { placeHold } from '../../core/hold/place-hold.ts';
import type { Holds } from '../../core/hold/ports.ts';
import { holdKeys } from '../../core/hold/table.ts';
import { openList } from '../../functions/hold/first-list.adapter.ts';
import { dynamodbHolds, standingHolds } from '../../functions/platform/dynamodb-holds.adapter.ts';
import type { Plane } from '../support/flight.ts';
import { sharedLocalAws } from '../support/local.ts';

let plane: Plane;
let table: string;
let holds: Holds;
const clock = { now: () => new Date('2026-11-23T10:00:00.000Z') };
const eva = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/eva' } as const;

const drifted: PlaceHold = {
  scope: HoldScope.parse({ model: 'fraud', environment: 'prod' }),
  effect: 'pause',
  severity: 'page',
  reason: { rule: 'drift.feature-shifted', message: 'age: PSI 0.41, was 0.03', found: '0.41', allowed: '0.2' },
  placedBy: { kind: 'signal', signal: 'drift.feature-shifted' },
};

const place = (request: PlaceHold = drifted) => placeHold({ holds, clock })(request);
const placed = async (request?: PlaceHold) => {
  const placement = await place(request);
  if (placement.outcome === 'refused') throw new Error('refused');
  return placement.hold;
};
const lift = (id: string) => liftHold({ holds, clock })({ id, by: eva, reason: 'mended' });

beforeAll(async () => {
  plane = await sharedLocalAws('plain');
  for (const [name, value] of Object.entries(plane.env)) vi.stubEnv(name, value);
});

beforeEach(async () => {
  table = `holds-${randomUUID().slice(0, 8)}`;
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
  await plane.ddb.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await openList(table)();
  holds = dynamodbHolds(table, clock);
});

const itemAt = async (key: { pk: string; sk: string }) =>
  (await plane.ddb.send(new GetItemCommand({ TableName: table, Key: marshall(key) }))).Item;

test('ten who place one hold at the same moment place one, which counts them all', async () => {
  const placements = await Promise.all(Array.from({ length: 10 }, () => place()));
  const list = await holds.list();

  expect(placements.filter(({ outcome }) => outcome === 'placed')).toHaveLength(1);
  expect(list).toMatchObject({ revision: 11, holds: [{ count: 10 }] });
});

test('ten different holds placed at the same moment all stand', async () => {
  const scopes = Array.from({ length: 10 }, (_, n) => HoldScope.parse({ model: `fraud-${n}` }));

  await Promise.all(scopes.map((scope) => place({ ...drifted, scope })));

  expect((await holds.list()).holds.map(({ scope }) => scope)).toEqual(expect.arrayContaining(scopes));
});

test('a hold that is lifted while it is seen again is lifted once, or stands anew under another id', async () => {
  for (let round = 0; round < 5; round++) {
    const { id } = await placed();

    const [lifted] = await Promise.all([lift(id), place()]);
    const { holds: open } = await holds.list();

    expect(lifted.outcome).toBe('lifted');
    expect(await holds.find(id)).toMatchObject({ lifted: { by: eva } });
    expect(open.filter((hold) => hold.id === id)).toEqual([]);
    for (const hold of open) await lift(hold.id);
  }
});

test('who decided on a list that has changed since changes nothing', async () => {
  const hold = await placed();
  const stale = { revision: 1, hold: { ...hold, count: 99 }, closes: ['another'] };

  const swapped = await holds.swap(stale);

  expect(swapped).toBe(false);
  expect(await holds.list()).toMatchObject({ revision: 2, holds: [{ count: 1 }] });
});

test('a hold, its copy in the list and its fact are written together; lifting takes only the copy', async () => {
  const { id } = await placed();
  const open = await itemAt(holdKeys.open(id));

  await lift(id);

  expect(open).toBeDefined();
  expect(await itemAt(holdKeys.open(id))).toBeUndefined();
  expect(await holds.find(id)).toMatchObject({ id, lifted: { reason: 'mended' } });
  expect(await holds.list()).toEqual({ revision: 3, holds: [] });
});

test('a hold that expires leaves the list by the time to live, and one that has expired by the next of its kind', async () => {
  const first = await placed({ ...drifted, expiresAt: '2026-11-23T10:30:00.500Z' });
  const expiry = (await itemAt(holdKeys.open(first.id)))?.expiresAt?.N;

  const later = { now: () => new Date('2026-11-23T10:31:00.000Z') };
  const again = await placeHold({ holds: dynamodbHolds(table, later), clock: later })(drifted);
  const { holds: open } = await holds.list();

  expect(Number(expiry)).toBe(Date.parse('2026-11-23T10:30:01Z') / 1000);
  expect(isStanding(first, later.now())).toBe(false);
  expect(again.outcome).toBe('placed');
  expect(open.map(({ id }) => id)).not.toContain(first.id);
});

test('a list that was opened before is left as it is', async () => {
  await placed();

  await openList(table)();

  expect(await holds.list()).toMatchObject({ revision: 2, holds: [{ count: 1 }] });
});

test.each<[string, () => Promise<unknown>]>([
  ['without a list', () => plane.ddb.send(new DeleteItemCommand({ TableName: table, Key: marshall(holdKeys.list) }))],
  [
    'with something in its list that is no hold',
    () => plane.ddb.send(new PutItemCommand({ TableName: table, Item: marshall(holdKeys.open('x')) })),
  ],
  [
    'that is not there',
    async () => {
      holds = dynamodbHolds('no-such-table', clock);
    },
  ],
])('a table %s cannot be read: it is not an empty list, and nothing is placed or lifted', async (_, spoil) => {
  const { id } = await placed();
  await spoil();
  const unreadable = expect.objectContaining({ name: 'Hold.ListUnreadable' });

  await expect(holds.list()).rejects.toEqual(unreadable);
  await expect(place()).rejects.toEqual(unreadable);
  await expect(lift(id)).rejects.toEqual(unreadable);
});

test('a list that is longer than one page is read to its end', async () => {
  const padding = 'x'.repeat(3000);
  const hold = await placed();
  const big = { ...hold, reason: { ...hold.reason, message: padding } };
  for (let n = 0; n < 400; n++)
    await plane.ddb.send(
      new PutItemCommand({
        TableName: table,
        Item: marshall({ ...holdKeys.open(`padded-${n}`), hold: { ...big, id: `padded-${n}` } }),
      }),
    );

  expect((await standingHolds(table).list()).holds).toHaveLength(401);
});
