import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { Hold, HoldList, ListUnreadable } from '../../core/hold/contract.ts';
import type { HoldChange, Holds } from '../../core/hold/ports.ts';
import { holdKeys, MAX_OPEN_HOLDS } from '../../core/hold/table.ts';
import type { Clock } from '../../core/kernel/clock.ts';
import { outboxItem } from '../../core/kernel/fact.ts';
import { isNamed, rethrow } from './aws-errors.ts';
import { dynamodb, getItem, queryItems } from './dynamodb.adapter.ts';

const unreadable = (message: string, cause?: unknown): never => {
  throw new ListUnreadable(message, { cause });
};

/** Whatever cannot be understood makes the list unreadable: a hold that is passed over is a door that stands open. */
const parsed = (items: readonly Record<string, unknown>[]): HoldList => {
  const list = items.find(({ sk }) => sk === holdKeys.list.sk);
  if (list === undefined) return unreadable('there is no list of holds');
  if (items.length > MAX_OPEN_HOLDS + 1) return unreadable(`more than ${MAX_OPEN_HOLDS} holds are open`);
  try {
    const holds = items.filter((item) => item !== list).map(({ hold }) => Hold.parse(hold));
    return HoldList.parse({ revision: list.revision, holds });
  } catch (cause) {
    return unreadable('the list of holds has something in it that is no hold', cause);
  }
};

/**
 * Every hold that nobody lifted, expired ones included, by one query that is strongly consistent and goes to its end.
 * The revision comes with the first page, so what changes while the rest is read changes the revision too.
 */
export const standingHolds = (table: string): Pick<Holds, 'list'> => ({
  list: async () => {
    const read = queryItems({ table, pk: holdKeys.list.pk, atMost: MAX_OPEN_HOLDS + 2 });
    return parsed(await read.catch((cause) => unreadable(`the list of holds cannot be read: ${cause}`, cause)));
  },
});

type Sdk = Awaited<ReturnType<typeof dynamodb>>['sdk'];

/** The table's time to live takes copies out of the list some time after they expired; no reader waits for it. */
const openItem = (hold: Hold) => ({
  ...holdKeys.open(hold.id),
  hold,
  ...(hold.expiresAt !== undefined && { expiresAt: Math.ceil(Date.parse(hold.expiresAt) / 1000) }),
});

const itemsOf = (sdk: Sdk, TableName: string, { revision, hold, closes, fact }: HoldChange, now: Date) => {
  const put = (item: object): TransactWriteItem => ({
    Put: { TableName, Item: sdk.marshall(item, { removeUndefinedValues: true }) },
  });
  const close = (id: string): TransactWriteItem => ({
    Delete: { TableName, Key: sdk.marshall(holdKeys.open(id)) },
  });
  const list: TransactWriteItem = {
    Update: {
      TableName,
      Key: sdk.marshall(holdKeys.list),
      UpdateExpression: 'SET revision = :next',
      ConditionExpression: 'revision = :read',
      ExpressionAttributeValues: sdk.marshall({ ':read': revision, ':next': revision + 1 }),
    },
  };
  return [
    list,
    put({ ...holdKeys.hold(hold.id), hold }),
    hold.lifted === undefined ? put(openItem(hold)) : close(hold.id),
    ...closes.map(close),
    ...(fact === undefined ? [] : [put(outboxItem(fact, now))]),
  ];
};

/** Another writer was first, or is at it this moment. */
const isLost = (cause: unknown): boolean =>
  isNamed(cause, 'TransactionCanceledException') &&
  ((cause as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? []).some(({ Code = '' }) =>
    ['ConditionalCheckFailed', 'TransactionConflict'].includes(Code),
  );

/** Holds in their table, for those who place and lift them. */
export const dynamodbHolds = (table: string, clock: Clock): Holds => ({
  ...standingHolds(table),

  find: async (id) => {
    const item = await getItem(table, holdKeys.hold(id)).catch(rethrow);
    return item === undefined ? undefined : Hold.parse(item.hold);
  },

  swap: async (change) => {
    const { sdk, client } = await dynamodb();
    const TransactItems = itemsOf(sdk, table, change, clock.now());
    try {
      await client.send(new sdk.TransactWriteItemsCommand({ TransactItems }));
      return true;
    } catch (cause) {
      if (isLost(cause)) return false;
      return rethrow(cause);
    }
  },
});
