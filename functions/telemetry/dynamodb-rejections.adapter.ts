import type { Clock } from '../../core/kernel/clock.ts';
import { outboxItem } from '../../core/kernel/fact.ts';
import type { Rejections } from '../../core/telemetry/ports.ts';
import { OPEN, telemetryKeys } from '../../core/telemetry/table.ts';
import { isNamed, rethrow } from '../platform/aws-errors.ts';
import { dynamodb, getItem } from '../platform/dynamodb.adapter.ts';

const KEPT_SECONDS = 90 * 24 * 3600;

/** Capture files that were set aside, in the telemetry table. */
export const dynamodbRejections = (table: string, clock: Clock): Rejections => ({
  find: async (source) => (await getItem(table, telemetryKeys.rejected(source)).catch(rethrow)) !== undefined,

  keep: async (source, reason, fact) => {
    const { sdk, client } = await dynamodb();
    const now = clock.now();
    const item = {
      ...telemetryKeys.rejected(source),
      ...source,
      reason,
      open: OPEN.rejected,
      dueAt: now.toISOString(),
      expiresAt: Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
    };
    const write = new sdk.TransactWriteItemsCommand({
      TransactItems: [
        {
          Put: { TableName: table, Item: sdk.marshall(item), ConditionExpression: 'attribute_not_exists(pk)' },
        },
        { Put: { TableName: table, Item: sdk.marshall(outboxItem(fact, now)) } },
      ],
    });
    await client.send(write).catch((cause) => {
      // Somebody else has set it aside.
      if (!isNamed(cause, 'TransactionCanceledException')) rethrow(cause);
    });
  },
});
