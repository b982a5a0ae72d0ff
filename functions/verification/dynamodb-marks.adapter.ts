import { VersionMark } from '../../core/verification/contract.ts';
import type { Marks } from '../../core/verification/ports.ts';
import { verificationKeys } from '../../core/verification/table.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb, queryItems } from '../platform/dynamodb.adapter.ts';

/** Far more versions than one run can look at. */
const MOST = 100_000;

/** How registered versions stood when they were last looked at. */
export const dynamodbMarks = (table: string): Marks => ({
  all: async () => {
    const items = await queryItems({ table, ...verificationKeys.marks, atMost: MOST }).catch(rethrow);
    return items.map(({ mark }) => VersionMark.parse(JSON.parse(String(mark))));
  },

  swap: async (before) => {
    const { sdk, client } = await dynamodb();
    const mark: VersionMark = { ...before, revision: before.revision + 1 };
    const put = new sdk.PutItemCommand({
      TableName: table,
      Item: sdk.marshall({ ...verificationKeys.mark(mark), revision: mark.revision, mark: JSON.stringify(mark) }),
      ConditionExpression: before.revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :before',
      ...(before.revision > 0 && { ExpressionAttributeValues: sdk.marshall({ ':before': before.revision }) }),
    });
    try {
      await client.send(put);
      return true;
    } catch (cause) {
      return isNamed(cause, 'ConditionalCheckFailedException') ? false : rethrow(cause);
    }
  },
});
