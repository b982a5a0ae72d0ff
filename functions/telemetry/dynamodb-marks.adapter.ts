import { z } from 'zod';
import { Grain, MILLISECONDS, type Retention, Stream } from '../../core/telemetry/contract.ts';
import type { Mark, Marks } from '../../core/telemetry/ports.ts';
import { OPEN, telemetryKeys } from '../../core/telemetry/table.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb } from '../platform/dynamodb.adapter.ts';

const MarkItem = z.object({
  stream: Stream,
  grain: Grain.exclude(['minute']),
  start: z.iso.datetime(),
  revision: z.int(),
});

const secondsAfter = (start: string, days: number): number =>
  Math.floor((Date.parse(start) + days * MILLISECONDS.day) / 1000);

/** Due when the span is over and most of its files have come: one that comes later makes it due at once. */
const dueAt = (start: string, grain: 'hour' | 'day'): string =>
  new Date(Date.parse(start) + MILLISECONDS[grain] + SETTLE).toISOString();
const SETTLE = 2 * MILLISECONDS.minute;

export const raiseMark = async (
  table: string,
  { minuteDays }: Retention,
  { stream, grain, start }: Omit<Mark, 'revision'>,
): Promise<void> => {
  const { sdk, client } = await dynamodb();
  const update = new sdk.UpdateItemCommand({
    TableName: table,
    Key: sdk.marshall(telemetryKeys.mark(stream, grain, start)),
    UpdateExpression:
      'SET #stream = :stream, grain = :grain, #start = :start, #open = :open, dueAt = :dueAt, expiresAt = :expiresAt ADD revision :one',
    ExpressionAttributeNames: { '#stream': 'stream', '#start': 'start', '#open': 'open' },
    ExpressionAttributeValues: sdk.marshall({
      ':stream': stream,
      ':grain': grain,
      ':start': start,
      ':open': OPEN.rollUp,
      ':dueAt': dueAt(start, grain),
      // Later than what it is about, or it would take unfinished work with it.
      ':expiresAt': secondsAfter(start, minuteDays + 30),
      ':one': 1,
    }),
  });
  await client.send(update).catch(rethrow);
};

/** Marks in the telemetry table, found by its sparse index. */
export const dynamodbMarks = (table: string, retention: Retention): Marks => ({
  due: async (now, atMost) => {
    const { sdk, client } = await dynamodb();
    const { Items = [] } = await client
      .send(
        new sdk.QueryCommand({
          TableName: table,
          IndexName: 'open',
          KeyConditionExpression: '#open = :open AND dueAt <= :now',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: sdk.marshall({ ':open': OPEN.rollUp, ':now': now.toISOString() }),
          Limit: atMost,
        }),
      )
      .catch(rethrow);
    return Items.map((item) => MarkItem.parse(sdk.unmarshall(item)));
  },

  raise: (mark) => raiseMark(table, retention, mark),

  clear: async ({ stream, grain, start, revision }) => {
    const { sdk, client } = await dynamodb();
    const update = new sdk.UpdateItemCommand({
      TableName: table,
      Key: sdk.marshall(telemetryKeys.mark(stream, grain, start)),
      UpdateExpression: 'REMOVE #open',
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: sdk.marshall({ ':revision': revision }),
    });
    await client.send(update).catch((cause) => {
      if (!isNamed(cause, 'ConditionalCheckFailedException')) rethrow(cause);
    });
  },
});
