import { holdKeys } from '../../core/hold/table.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb } from '../platform/dynamodb.adapter.ts';

/** Writes the list of holds into a table that has none. A list that stands is left as it is. */
export const openList = (table: string) => async (): Promise<string> => {
  const { sdk, client } = await dynamodb();
  const list = new sdk.PutItemCommand({
    TableName: table,
    Item: sdk.marshall({ ...holdKeys.list, revision: 1 }),
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  await client.send(list).catch((cause: unknown) => {
    if (!isNamed(cause, 'ConditionalCheckFailedException')) rethrow(cause);
  });
  return table;
};
