import { lazy } from './lazy.ts';

export const dynamodb = lazy(async () => {
  const sdk = await import('./dynamodb-sdk.adapter.ts');
  return { sdk, client: new sdk.DynamoDBClient({}) };
});

type Item = Record<string, unknown>;

/** One item, read strongly consistent. */
export const getItem = async (table: string, key: { pk: string; sk: string }): Promise<Item | undefined> => {
  const { sdk, client } = await dynamodb();
  const { Item } = await client.send(
    new sdk.GetItemCommand({ TableName: table, Key: sdk.marshall(key), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : sdk.unmarshall(Item);
};

export type KeyRange = {
  table: string;
  pk: string;
  begins?: string;
  /** Inclusive. */
  between?: readonly [string, string];
  index?: 'inverse';
  atMost?: number;
};

const rangeOf = ({ begins, between }: KeyRange): { condition: string; values: Record<string, string> } => {
  if (begins !== undefined) return { condition: ' AND begins_with(#range, :begins)', values: { ':begins': begins } };
  if (between === undefined) return { condition: '', values: {} };
  const [from, to] = between;
  return { condition: ' AND #range BETWEEN :from AND :to', values: { ':from': from, ':to': to } };
};

/** All items of a partition (or those whose sort keys are asked for), in key order. */
export const queryItems = async (asked: KeyRange): Promise<Item[]> => {
  const { table, pk, index, atMost = 10_000 } = asked;
  const { sdk, client } = await dynamodb();
  const [hash, range] = index === undefined ? ['pk', 'sk'] : ['inversePk', 'inverseSk'];
  const { condition, values } = rangeOf(asked);
  const items: Item[] = [];
  let from: Record<string, never> | undefined;
  do {
    const page = await client.send(
      new sdk.QueryCommand({
        TableName: table,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: `#hash = :pk${condition}`,
        ExpressionAttributeNames: {
          '#hash': hash as string,
          ...(condition !== '' && { '#range': range as string }),
        },
        ExpressionAttributeValues: sdk.marshall({ ':pk': pk, ...values }),
        ...(from !== undefined && { ExclusiveStartKey: from }),
      }),
    );
    items.push(...(page.Items ?? []).map((item) => sdk.unmarshall(item)));
    from = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (from !== undefined && items.length < atMost);
  return items.slice(0, atMost);
};
