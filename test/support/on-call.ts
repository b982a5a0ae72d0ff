import { randomUUID } from 'node:crypto';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { Plane } from './flight.ts';
import { eventually } from './local.ts';

/** What SNS puts into a queue: the message and what it says about itself. */
export type Heard = {
  Subject: string;
  Message: string;
  MessageAttributes: Record<string, { Value: string }>;
};

const letIn = (queue: string | undefined, topic: string | undefined) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue,
      Condition: { ArnEquals: { 'aws:SourceArn': topic } },
    },
  ],
});

/** Somebody on call: a queue that is subscribed to a topic. */
export const onCallAt = async (plane: Plane, TopicArn: string | undefined) => {
  const { QueueUrl = '' } = await plane.sqs.send(new CreateQueueCommand({ QueueName: `on-call-${randomUUID()}` }));
  const { Attributes } = await plane.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Policy = JSON.stringify(letIn(Attributes?.QueueArn, TopicArn));
  await plane.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await plane.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));
  const heard: Heard[] = [];
  const listen = async (): Promise<void> => {
    const { Messages = [] } = await plane.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    heard.push(...Messages.map(({ Body }) => JSON.parse(Body ?? '{}')));
    // What is not deleted comes again, and would pass for a second message.
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
    if (Entries.length > 0) await plane.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  };
  const about = (hold: string) => heard.filter(({ MessageAttributes }) => MessageAttributes?.hold?.Value === hold);
  return {
    /** Everything so far. */
    heard: async (): Promise<readonly Heard[]> => {
      await listen();
      return heard;
    },
    /** Everything about a hold so far, once there are as many messages. */
    heardOf: (hold: string, count: number): Promise<Heard[]> =>
      eventually(`${count} messages about ${hold}`, async () => {
        await listen();
        return about(hold).length >= count ? about(hold) : undefined;
      }),
  };
};
