import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { holdKeys } from '../../core/hold/table.ts';
import type { Clock } from '../../core/kernel/clock.ts';
import { type Fact, outboxItem } from '../../core/kernel/fact.ts';
import { Throttled } from '../../core/kernel/failures.ts';
import type { Rollouts } from '../../core/rollout/ports.ts';
import { isOver, RolloutRecord } from '../../core/rollout/record.ts';
import { OPEN, rolloutKeys } from '../../core/rollout/table.ts';
import { isLostTransaction, rethrow } from './aws-errors.ts';
import { dynamodb, getItem } from './dynamodb.adapter.ts';

/** `holds` is needed by whoever steps forward. */
type Tables = { readonly rollouts: string; readonly holds?: string };
type Sdk = Awaited<ReturnType<typeof dynamodb>>['sdk'];

const OPTIONS = { removeUndefinedValues: true };

/** One that is over leaves the index of those that are not. */
const itemOf = (record: RolloutRecord) => ({
  ...record,
  ...rolloutKeys.rollout(record.id),
  ...(isOver(record) ? {} : { open: OPEN }),
});

/** The writes that changes of rollouts are made of. */
const writes = (sdk: Sdk, { rollouts: TableName, holds }: Tables, clock: Clock) => ({
  create: (record: RolloutRecord): TransactWriteItem => ({
    Put: {
      TableName,
      Item: sdk.marshall({ ...itemOf(record), revision: 1 }, OPTIONS),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  }),

  replace: (record: RolloutRecord): TransactWriteItem => ({
    Put: {
      TableName,
      Item: sdk.marshall({ ...itemOf(record), revision: record.revision + 1 }, OPTIONS),
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: sdk.marshall({ ':revision': record.revision }),
    },
  }),

  /** The target is this rollout's from here on, if it is nobody's. */
  take: ({ deployment, id }: RolloutRecord): TransactWriteItem => ({
    Put: {
      TableName,
      Item: sdk.marshall({ ...rolloutKeys.active(deployment), rollout: id }),
      ConditionExpression: 'attribute_not_exists(rollout)',
    },
  }),

  leave: ({ deployment, id }: RolloutRecord): TransactWriteItem => ({
    Update: {
      TableName,
      Key: sdk.marshall(rolloutKeys.active(deployment)),
      UpdateExpression: 'REMOVE rollout',
      ConditionExpression: 'rollout = :id',
      ExpressionAttributeValues: sdk.marshall({ ':id': id }),
    },
  }),

  point: (record: RolloutRecord): TransactWriteItem => ({
    Put: { TableName, Item: sdk.marshall({ ...rolloutKeys.pointer(record), rollout: record.id }) },
  }),

  tell: (fact: Fact): TransactWriteItem => ({
    Put: { TableName, Item: sdk.marshall(outboxItem(fact, clock.now())) },
  }),

  /** The list of holds that the step was decided on is the one that stands when it is written. */
  unlessHeldSince: (revision: number): TransactWriteItem => ({
    ConditionCheck: {
      TableName: holds,
      Key: sdk.marshall(holdKeys.list),
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: sdk.marshall({ ':revision': revision }),
    },
  }),
});

/** @returns false if a condition did not hold, or another transaction was in the way: look again */
const written = async (TransactItems: TransactWriteItem[]): Promise<boolean> => {
  const { sdk, client } = await dynamodb();
  try {
    await client.send(new sdk.TransactWriteItemsCommand({ TransactItems }));
    return true;
  } catch (cause) {
    return isLostTransaction(cause) ? false : rethrow(cause);
  }
};

/** A page ends at a megabyte, whatever was asked for: the rest would never be looked at. */
const underway = async (table: string, atMost: number): Promise<string[]> => {
  const { sdk, client } = await dynamodb();
  const ids: string[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await client
      .send(
        new sdk.QueryCommand({
          TableName: table,
          IndexName: 'open',
          KeyConditionExpression: '#open = :open',
          ProjectionExpression: 'id',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: sdk.marshall({ ':open': OPEN }),
          Limit: atMost - ids.length,
          ...(from !== undefined && { ExclusiveStartKey: from }),
        }),
      )
      .catch(rethrow);
    ids.push(...(page.Items ?? []).map(({ id }) => String(id?.S)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined && ids.length < atMost);
  return ids;
};

const latest = async (table: string, deployment: string, atMost: number): Promise<string[]> => {
  const { sdk, client } = await dynamodb();
  const { pk, begins } = rolloutKeys.of(deployment);
  const { Items = [] } = await client
    .send(
      new sdk.QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :begins)',
        ExpressionAttributeValues: sdk.marshall({ ':pk': pk, ':begins': begins }),
        ScanIndexForward: false,
        Limit: atMost,
      }),
    )
    .catch(rethrow);
  return Items.map(({ rollout }) => String(rollout?.S));
};

/** Rollouts in their table. A change that goes with a fact, a target or a look at the holds is one transaction. */
export const dynamodbRollouts = (tables: Tables, clock: Clock): Rollouts => {
  const find = async (id: string): Promise<RolloutRecord | undefined> => {
    const item = await getItem(tables.rollouts, rolloutKeys.rollout(id)).catch(rethrow);
    return item === undefined ? undefined : RolloutRecord.parse(item);
  };
  return {
    find,
    underway: (atMost) => underway(tables.rollouts, atMost),
    latest: (deployment, atMost) => latest(tables.rollouts, deployment, atMost),

    open: async (record, fact) => {
      const { sdk } = await dynamodb();
      const { create, take, point, tell } = writes(sdk, tables, clock);
      const opening = [
        create(record),
        point(record),
        ...(isOver(record) ? [] : [take(record)]),
        ...(fact === undefined ? [] : [tell(fact)]),
      ];
      if (await written(opening)) return { outcome: 'opened' };
      if ((await find(record.id)) !== undefined) return { outcome: 'exists' };
      const active = await getItem(tables.rollouts, rolloutKeys.active(record.deployment)).catch(rethrow);
      if (!isOver(record) && typeof active?.rollout === 'string') return { outcome: 'busy', rollout: active.rollout };
      throw new Throttled(`another request for ${record.deployment} came at the same moment`);
    },

    swap: async (record, { fact, holds } = {}) => {
      const { sdk } = await dynamodb();
      const { replace, leave, tell, unlessHeldSince } = writes(sdk, tables, clock);
      return written([
        replace(record),
        ...(isOver(record) ? [leave(record)] : []),
        ...(fact === undefined ? [] : [tell(fact)]),
        ...(holds === undefined ? [] : [unlessHeldSince(holds)]),
      ]);
    },
  };
};
