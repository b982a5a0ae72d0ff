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

export type KeyRange = { table: string; pk: string; begins?: string; index?: 'inverse'; atMost?: number };

/** All items of a partition (or those whose sort key begins with `begins`), in key order. */
export const queryItems = async ({ table, pk, begins, index, atMost = 10_000 }: KeyRange): Promise<Item[]> => {
  const { sdk, client } = await dynamodb();
  const [hash, range] = index === undefined ? ['pk', 'sk'] : ['inversePk', 'inverseSk'];
  const items: Item[] = [];
  let from: Record<string, never> | undefined;
  do {
    const page = await client.send(
      new sdk.QueryCommand({
        TableName: table,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: begins === undefined ? '#hash = :pk' : '#hash = :pk AND begins_with(#range, :begins)',
        ExpressionAttributeNames: {
          '#hash': hash as string,
          ...(begins !== undefined && { '#range': range as string }),
        },
        ExpressionAttributeValues: sdk.marshall({ ':pk': pk, ...(begins !== undefined && { ':begins': begins }) }),
        ...(from !== undefined && { ExclusiveStartKey: from }),
      }),
    );
    items.push(...(page.Items ?? []).map((item) => sdk.unmarshall(item)));
    from = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (from !== undefined && items.length < atMost);
  return items.slice(0, atMost);
};
