import middy from '@middy/core';
import { logFailure, logger } from './log.ts';

type BatchResponse = { batchItemFailures: { itemIdentifier: string }[] };
type Batch<Item> = { Records: Item[] };

/**
 * A function that drains a queue or a stream: what fails is reported by item and comes again, the rest is done. In a
 * stream the order counts, so nothing after a failure is tried.
 */
const onBatch = <Item>(
  identify: (item: Item) => string,
  react: (item: Item) => Promise<void>,
  { ordered }: { ordered: boolean },
) =>
  middy<Batch<Item>, BatchResponse>().handler(async ({ Records }: Batch<Item>) => {
    const batchItemFailures: BatchResponse['batchItemFailures'] = [];
    for (const item of Records) {
      try {
        if (ordered && batchItemFailures.length > 0) break;
        await react(item);
      } catch (cause) {
        logFailure(cause);
        batchItemFailures.push({ itemIdentifier: identify(item) });
      }
    }
    logger.info('batch', { items: Records.length, failed: batchItemFailures.length });
    return { batchItemFailures };
  });

type QueueMessage = { messageId: string; body: string };
type StreamRecord<Image> = { dynamodb?: { SequenceNumber?: string; NewImage?: Image } };

export const onQueue = (react: (body: unknown) => Promise<void>) =>
  onBatch<QueueMessage>(
    (message) => message.messageId,
    (message) => react(JSON.parse(message.body)),
    { ordered: false },
  );

export const onStream = <Image>(react: (image: Image) => Promise<void>) =>
  onBatch<StreamRecord<Image>>(
    (record) => record.dynamodb?.SequenceNumber ?? '',
    async (record) => {
      if (record.dynamodb?.NewImage !== undefined) await react(record.dynamodb.NewImage);
    },
    { ordered: true },
  );
