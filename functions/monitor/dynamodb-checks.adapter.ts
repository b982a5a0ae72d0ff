import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../core/kernel/clock.ts';
import { type Fact, outboxItem } from '../../core/kernel/fact.ts';
import { StepFailure, StreamMark } from '../../core/monitor/contract.ts';
import type { Checks, Failing } from '../../core/monitor/ports.ts';
import { monitorKeys } from '../../core/monitor/table.ts';
import { Stream } from '../../core/telemetry/contract.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb, getItem, queryItems } from '../platform/dynamodb.adapter.ts';

type Item = Record<string, unknown>;

/** Kept as text: a number of DynamoDB has fewer exponents than one of JSON. */
const markIn = ({ mark }: Item): StreamMark => StreamMark.parse(JSON.parse(String(mark)));

const failingIn = ({ stream, since, failure }: Item): Failing => ({
  stream: Stream.parse(stream),
  since: String(since),
  failure: StepFailure.parse(failure),
});

type Conditional = { item: object; condition: string; values: Record<string, string> };

/** How streams stood at their last check. */
export const dynamodbChecks = (table: string, clock: Clock): Checks => {
  /** Writes the item and its facts, or neither. @returns false if the condition does not hold */
  const write = async ({ item, condition, values }: Conditional, facts: readonly Fact[]): Promise<boolean> => {
    const { sdk, client } = await dynamodb();
    const conditional: TransactWriteItem = {
      Put: {
        TableName: table,
        Item: sdk.marshall(item),
        ConditionExpression: condition,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: sdk.marshall(values) }),
      },
    };
    const outbox = facts.map(
      (fact): TransactWriteItem => ({
        Put: { TableName: table, Item: sdk.marshall(outboxItem(fact, clock.now())) },
      }),
    );
    try {
      await client.send(new sdk.TransactWriteItemsCommand({ TransactItems: [conditional, ...outbox] }));
      return true;
    } catch (cause) {
      return isNamed(cause, 'TransactionCanceledException') ? false : rethrow(cause);
    }
  };
  return {
    mark: async (stream) => {
      const item = await getItem(table, monitorKeys.mark(stream)).catch(rethrow);
      return item === undefined ? undefined : markIn(item);
    },
    marksOf: async (model) => (await queryItems({ table, ...monitorKeys.marksOf(model) }).catch(rethrow)).map(markIn),
    failuresOf: async (model) =>
      (await queryItems({ table, ...monitorKeys.failuresOf(model) }).catch(rethrow)).map(failingIn),
    swap: async (mark, after, facts) => {
      const { checkedAt } = mark;
      const item = { ...monitorKeys.mark(mark.stream), checkedAt, mark: JSON.stringify(mark) };
      const condition = after === undefined ? 'attribute_not_exists(pk)' : 'checkedAt = :after';
      return write({ item, condition, values: after === undefined ? {} : { ':after': after } }, facts);
    },
    fail: async (failing, after, fact) => {
      const item = { ...monitorKeys.failing(failing.stream), ...failing };
      const condition = `attribute_not_exists(pk)${after === undefined ? '' : ' OR since <= :after'}`;
      return write({ item, condition, values: after === undefined ? {} : { ':after': after } }, [fact]);
    },
  };
};
