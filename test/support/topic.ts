import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Plane } from './flight.ts';

const ACCOUNT = '000000000000';

/** SNS has no client among our packages; its query protocol is a form. */
const subscribe = async ({ endpoint, env }: Plane, topic: string, queueName: string): Promise<void> => {
  const region = env.AWS_REGION ?? 'us-east-1';
  const credential = `${ACCOUNT}/20260101/${region}/sns/aws4_request`;
  const Endpoint = `arn:aws:sqs:${region}:${ACCOUNT}:${queueName}`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Action: 'Subscribe', TopicArn: topic, Protocol: 'sqs', Endpoint }),
  });
  if (!response.ok) throw new Error(await response.text());
};

/** A subscriber of a topic, as the docs tell it: an SQS queue. Resolves to a function that gives all it has heard. */
export const subscriberOf = async <Message>(
  plane: Plane,
  topic: string | undefined,
): Promise<() => Promise<readonly Message[]>> => {
  const QueueName = `subscriber-${randomUUID().slice(0, 8)}`;
  const { QueueUrl = '' } = await plane.sqs.send(new CreateQueueCommand({ QueueName }));
  await subscribe(plane, topic ?? '', QueueName);
  const heard: Message[] = [];
  return async () => {
    const { Messages = [] } = await plane.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    heard.push(...Messages.map(({ Body }) => JSON.parse(JSON.parse(Body ?? '{}').Message) as Message));
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
    if (Entries.length > 0) await plane.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return heard;
  };
};
