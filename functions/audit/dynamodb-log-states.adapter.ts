import { z } from 'zod';
import { EMPTY_ROOT } from '../../core/audit/merkle.ts';
import type { LogState, LogStates } from '../../core/audit/ports.ts';
import { concurrently } from '../../core/kernel/concurrently.ts';
import { isLostTransaction, rethrow } from '../platform/aws-errors.ts';
import { dynamodb, getItem } from '../platform/dynamodb.adapter.ts';

const STATE = { pk: 'LOG', sk: 'STATE' };
const placeKey = (id: string) => ({ pk: `LEAF#${id}`, sk: 'LEAF' });
const WIDTH = 16;

const State = z.object({
  version: z.int(),
  size: z.int(),
  root: z.string(),
  loggedAt: z.string(),
  intent: z.object({ from: z.int(), to: z.int(), batch: z.string() }).optional(),
});

/** A log that was never written to. If its state is lost, what stands in the bucket contradicts this, and is found. */
const UNWRITTEN: LogState = { version: 0, size: 0, root: EMPTY_ROOT.toString('base64'), loggedAt: '' };

/** What the sequencer remembers of the log, and the place of every fact in it. */
export const dynamodbLogStates = (table: string): LogStates => ({
  read: async () => {
    const item = await getItem(table, STATE).catch(rethrow);
    return item === undefined ? UNWRITTEN : State.parse(item);
  },

  change: async (next, seen, places = new Map()) => {
    const { sdk, client } = await dynamodb();
    const marshalled = (item: object) => sdk.marshall(item, { removeUndefinedValues: true });
    const state = {
      TableName: table,
      Item: marshalled({ ...STATE, ...next, version: seen.version + 1 }),
      ...(seen.version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :seen',
            ExpressionAttributeValues: sdk.marshall({ ':seen': seen.version }),
          }),
    };
    const placed = [...places].map(([id, place]) => ({
      Put: {
        TableName: table,
        Item: marshalled({ ...placeKey(id), place }),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }));
    try {
      await client.send(new sdk.TransactWriteItemsCommand({ TransactItems: [{ Put: state }, ...placed] }));
      return true;
    } catch (cause) {
      if (isLostTransaction(cause)) return false;
      return rethrow(cause);
    }
  },

  placesOf: async (ids) => {
    const items = await concurrently(ids, WIDTH, async (id) => {
      const item = await getItem(table, placeKey(id)).catch(rethrow);
      return item === undefined ? undefined : ([id, Number(item.place)] as const);
    });
    return new Map(items.filter((item) => item !== undefined));
  },
});
