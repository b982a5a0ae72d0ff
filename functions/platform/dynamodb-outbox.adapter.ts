import type { Clock } from '../../core/kernel/clock.ts';
import { type Fact, outboxItem, outboxKey } from '../../core/kernel/fact.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { dynamodb, getItem } from './dynamodb.adapter.ts';

/** Facts that go with no other change of state, on their way to the bus: once, however often they are put. */
export const dynamodbOutbox = (table: string, clock: Clock) => ({
  /** Whether a fact of this id was put, and has not expired since. */
  has: async (id: string): Promise<boolean> => (await getItem(table, outboxKey(id)).catch(rethrow)) !== undefined,

  put: async (fact: Fact): Promise<void> => {
    const { sdk, client } = await dynamodb();
    const put = new sdk.PutItemCommand({
      TableName: table,
      Item: sdk.marshall(outboxItem(fact, clock.now())),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await client.send(put).catch((cause: unknown) => {
      if (!isNamed(cause, 'ConditionalCheckFailedException')) rethrow(cause);
    });
  },
});
