import { AttemptRecord, dueAt } from '../../core/intake/attempt.ts';
import type { Attempts } from '../../core/intake/ports.ts';
import { intakeKeys, OPEN } from '../../core/intake/table.ts';
import type { Clock } from '../../core/kernel/clock.ts';
import { outboxItem } from '../../core/kernel/fact.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { dynamodb, getItem, queryItems } from './dynamodb.adapter.ts';

const byFirstSeen = (a: AttemptRecord, b: AttemptRecord) => (a.firstSeenAt < b.firstSeenAt ? -1 : 1);

/** Attempts in the intake table. */
export const dynamodbAttempts = (table: string, clock: Clock): Attempts => ({
  find: async (identity) => {
    const item = await getItem(table, intakeKeys.attempt(identity)).catch(rethrow);
    return item === undefined ? undefined : AttemptRecord.parse(item);
  },

  ofVersion: async (subject) => {
    const items = await queryItems({ table, ...intakeKeys.attemptsAt(subject) }).catch(rethrow);
    return items.map((item) => AttemptRecord.parse(item)).sort(byFirstSeen);
  },

  due: async (now, atMost) => {
    const { sdk, client } = await dynamodb();
    const { Items = [] } = await client
      .send(
        new sdk.QueryCommand({
          TableName: table,
          IndexName: 'open',
          KeyConditionExpression: '#open = :open AND dueAt <= :now',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: sdk.marshall({ ':open': OPEN, ':now': now.toISOString() }),
          Limit: atMost,
        }),
      )
      .catch(rethrow);
    return Items.map((item) => AttemptRecord.parse(sdk.unmarshall(item)));
  },

  swap: async (record, fact) => {
    const { sdk, client } = await dynamodb();
    const due = dueAt(record);
    const item = {
      ...record,
      ...intakeKeys.attempt(record),
      revision: record.revision + 1,
      ...(due === undefined ? {} : { open: OPEN, dueAt: due }),
    };
    const attempt = {
      Put: {
        TableName: table,
        Item: sdk.marshall(item, { removeUndefinedValues: true }),
        ConditionExpression: record.revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :revision',
        ...(record.revision > 0 && { ExpressionAttributeValues: sdk.marshall({ ':revision': record.revision }) }),
      },
    };
    try {
      if (fact === undefined) await client.send(new sdk.PutItemCommand(attempt.Put));
      else {
        const outbox = { Put: { TableName: table, Item: sdk.marshall(outboxItem(fact, clock.now())) } };
        await client.send(new sdk.TransactWriteItemsCommand({ TransactItems: [attempt, outbox] }));
      }
      return true;
    } catch (cause) {
      if (isNamed(cause, 'ConditionalCheckFailedException', 'TransactionCanceledException')) return false;
      return rethrow(cause);
    }
  },
});
