import { concurrently } from '../../core/kernel/concurrently.ts';
import { type Retention, type Stream, streamPath } from '../../core/telemetry/contract.ts';
import { minuteItem, streamExpiresAt } from '../../core/telemetry/index-items.ts';
import type { MinuteEntry } from '../../core/telemetry/minute-index.ts';
import type { MinuteIndex } from '../../core/telemetry/ports.ts';
import { minutesExpireAt, startOf, telemetryKeys } from '../../core/telemetry/table.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb } from '../platform/dynamodb.adapter.ts';
import { raiseMark } from './dynamodb-marks.adapter.ts';

const WIDTH = 16;

type Last = { readonly stream: Stream; readonly start: string };

/** The first of each name. */
const distinct = <Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] => [
  ...new Map(items.map((item) => [nameOf(item), item])).values(),
];

/** The sets of minutes in the telemetry table. */
export const dynamodbMinuteIndex = (table: string, retention: Retention): MinuteIndex => {
  const put = async (item: Record<string, unknown>) => {
    const { sdk, client } = await dynamodb();
    await client.send(new sdk.PutItemCommand({ TableName: table, Item: sdk.marshall(item) })).catch(rethrow);
  };

  /** Never backwards: files arrive in any order. */
  const hear = async ({ stream, start }: Last) => {
    const { sdk, client } = await dynamodb();
    const update = new sdk.UpdateItemCommand({
      TableName: table,
      Key: sdk.marshall(telemetryKeys.stream(stream)),
      UpdateExpression: 'SET #stream = :stream, lastEventAt = :at, expiresAt = :expiresAt',
      ConditionExpression: 'attribute_not_exists(lastEventAt) OR lastEventAt < :at',
      ExpressionAttributeNames: { '#stream': 'stream' },
      ExpressionAttributeValues: sdk.marshall({
        ':stream': stream,
        ':at': start,
        ':expiresAt': streamExpiresAt(start, retention),
      }),
    });
    await client.send(update).catch((cause) => {
      if (!isNamed(cause, 'ConditionalCheckFailedException')) rethrow(cause);
    });
  };

  return {
    add: async (summary, entries: readonly MinuteEntry[]) => {
      await concurrently(entries, WIDTH, (entry) =>
        put({
          ...minuteItem(summary, entry),
          expiresAt: Math.floor(minutesExpireAt(entry.start, retention).getTime() / 1000),
        }),
      );
      const hours = entries.map(({ stream, start }) => ({
        stream,
        grain: 'hour' as const,
        start: startOf(start, 'hour'),
      }));
      const marks = distinct(hours, ({ stream, start }) => `${streamPath(stream)}#${start}`);
      await concurrently(marks, WIDTH, (mark) => raiseMark(table, retention, mark));
      const byTime = entries.toSorted((a, b) => (a.start < b.start ? -1 : 1));
      await concurrently(
        distinct(byTime, ({ stream }) => streamPath(stream)),
        WIDTH,
        hear,
      );
    },
  };
};
