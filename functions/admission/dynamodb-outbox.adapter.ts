import type { Outbox } from '../../core/admission/ports.ts';
import type { Clock } from '../../core/kernel/clock.ts';
import { outboxItem } from '../../core/kernel/fact.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb } from '../platform/dynamodb.adapter.ts';

/** Facts that go with no other change of state, on their way to the bus: once, however often they are put. */
export const dynamodbOutbox = (table: string, clock: Clock): Outbox => ({
  put: async (fact) => {
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
