import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../core/kernel/clock.ts';
import { Digest } from '../../core/kernel/digest.ts';
import { outboxItem } from '../../core/kernel/fact.ts';
import { Throttled } from '../../core/kernel/failures.ts';
import type { RegisteredVersion } from '../../core/registry/contract.ts';
import { ReservationLost } from '../../core/registry/failures.ts';
import type { Registry, Reservation } from '../../core/registry/ports.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb, getItem } from '../platform/dynamodb.adapter.ts';

type Subject = { model: string; version: string };

const findReservation = async (table: string, subject: Subject): Promise<Reservation | undefined> => {
  const item = await getItem(table, registryKeys.version(subject)).catch(rethrow);
  if (item === undefined) return undefined;
  return { root: Digest.parse(item.root), attempt: String(item.attempt), registered: item.stage === 'registered' };
};

/** Versions, heads and lineage in the registry table. */
export const dynamodbRegistry = (table: string, clock: Clock): Registry => ({
  reserve: async (subject, root, attempt) => {
    const { sdk, client } = await dynamodb();
    const { model, version } = subject;
    const item = { ...registryKeys.version(subject), model, version, root, attempt, stage: 'reserved' };
    try {
      await client.send(
        new sdk.PutItemCommand({
          TableName: table,
          Item: sdk.marshall(item),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return { root, attempt, registered: false };
    } catch (cause) {
      if (!isNamed(cause, 'ConditionalCheckFailedException')) return rethrow(cause);
      return (await findReservation(table, subject)) ?? rethrow(cause);
    }
  },

  register: async (version, edges, fact) => {
    const { sdk, client } = await dynamodb();
    const put = (item: object): TransactWriteItem => ({
      Put: { TableName: table, Item: sdk.marshall(item, { removeUndefinedValues: true }) },
    });
    const reserved: TransactWriteItem = {
      Put: {
        TableName: table,
        Item: sdk.marshall({ ...registryKeys.version(version), ...version }, { removeUndefinedValues: true }),
        ConditionExpression: 'stage = :reserved AND root = :root',
        ExpressionAttributeValues: sdk.marshall({ ':reserved': 'reserved', ':root': version.root }),
      },
    };
    const { pk, sk, ...listed } = registryKeys.head(version.model);
    const head: TransactWriteItem = {
      Update: {
        TableName: table,
        Key: sdk.marshall({ pk, sk }),
        UpdateExpression:
          'SET #model = :model, #owner = :owner, latest = :latest, updatedAt = :at, inversePk = :ipk, inverseSk = :isk ADD versions :one',
        ExpressionAttributeNames: { '#model': 'model', '#owner': 'owner' },
        ExpressionAttributeValues: sdk.marshall({
          ':model': version.model,
          ':owner': version.owner,
          ':latest': version.version,
          ':at': version.registeredAt,
          ':ipk': listed.inversePk,
          ':isk': listed.inverseSk,
          ':one': 1,
        }),
      },
    };
    const lineage = edges.map((edge) => put({ ...registryKeys.edge(edge), ...edge }));
    const outbox = put(outboxItem(fact, clock.now()));
    try {
      await client.send(new sdk.TransactWriteItemsCommand({ TransactItems: [reserved, head, ...lineage, outbox] }));
      return true;
    } catch (cause) {
      return explain(cause, await findReservation(table, version), version);
    }
  },
});

/** What stands tells a lost race from a registration that was made before. */
const explain = (cause: unknown, standing: Reservation | undefined, version: RegisteredVersion): boolean => {
  if (!isNamed(cause, 'TransactionCanceledException')) return rethrow(cause);
  if (standing?.root !== version.root)
    throw new ReservationLost(`${version.model} ${version.version} is not reserved for ${version.root}`, { cause });
  if (standing.registered) return false;
  throw new Throttled('another registration wrote to this model at the same moment', { cause });
};
