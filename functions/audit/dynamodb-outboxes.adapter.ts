import type { FactQueue, QueuedFact } from '../../core/audit/ports.ts';
import type { Clock } from '../../core/kernel/clock.ts';
import { expiryOfLogged, FACT_SK, UNLOGGED } from '../../core/kernel/fact.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb } from '../platform/dynamodb.adapter.ts';

const FACT_KEY = 'FACT#';

const waitingIn = async (table: string, limit: number): Promise<QueuedFact[]> => {
  const { sdk, client } = await dynamodb();
  const query = new sdk.QueryCommand({
    TableName: table,
    IndexName: UNLOGGED.index,
    KeyConditionExpression: '#partition = :value',
    ExpressionAttributeNames: { '#partition': UNLOGGED.partition },
    ExpressionAttributeValues: sdk.marshall({ ':value': UNLOGGED.value }),
    Limit: limit,
  });
  const { Items = [] } = await client.send(query).catch(rethrow);
  return Items.map((item) => {
    const { pk, type, detail, [UNLOGGED.sort]: since } = sdk.unmarshall(item) as Record<string, string>;
    const [written] = `${since}`.split('#');
    return {
      id: `${pk}`.slice(FACT_KEY.length),
      type: `${type}`,
      detail: `${detail}`,
      since: `${written}`,
      place: table,
    };
  });
};

/** The outboxes of all tables as one queue. What waits longest comes first, as far as the indexes know by now. */
export const dynamodbOutboxes = (tables: readonly string[], clock: Clock): FactQueue => ({
  oldest: async (limit) => {
    const waiting = (await Promise.all(tables.map((table) => waitingIn(table, limit)))).flat();
    return waiting.sort((one, other) => (one.since < other.since ? -1 : 1)).slice(0, limit);
  },

  markLogged: async ({ id, place }, index) => {
    const { sdk, client } = await dynamodb();
    const update = new sdk.UpdateItemCommand({
      TableName: place,
      Key: sdk.marshall({ pk: `${FACT_KEY}${id}`, sk: FACT_SK }),
      UpdateExpression: 'REMOVE #partition, #sort SET leaf = :leaf, expiresAt = :expiresAt',
      // An index that lags names facts that are logged already, and expired ones.
      ConditionExpression: 'attribute_exists(#partition)',
      ExpressionAttributeNames: { '#partition': UNLOGGED.partition, '#sort': UNLOGGED.sort },
      ExpressionAttributeValues: sdk.marshall({ ':leaf': index, ':expiresAt': expiryOfLogged(clock.now()) }),
    });
    await client.send(update).catch((cause: unknown) => {
      if (!isNamed(cause, 'ConditionalCheckFailedException')) rethrow(cause);
    });
  },
});
