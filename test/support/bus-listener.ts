import { randomUUID } from 'node:crypto';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Plane } from './flight.ts';
import { eventually } from './local.ts';

export type BusEvent = { source: string; 'detail-type': string; detail: { [name: string]: unknown } };

export const messagesOf = async (plane: Plane, QueueUrl: string): Promise<unknown[]> => {
  const { Messages = [] } = await plane.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body }) => JSON.parse(Body ?? '{}'));
};

/** A consumer as docs/ci.md tells it: its own rule on the plane's bus, by source. */
export const listenOnBus = async (plane: Plane) => {
  const name = `facts-${randomUUID().slice(0, 8)}`;
  const { EventBusName } = plane.outputs;
  const { QueueUrl = '' } = await plane.sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await plane.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const EventPattern = JSON.stringify({ source: ['clearance'] });
  await plane.eventbridge.send(new PutRuleCommand({ Name: name, EventBusName, EventPattern }));
  const Targets = [{ Id: name, Arn: Attributes?.QueueArn }];
  await plane.eventbridge.send(new PutTargetsCommand({ Rule: name, EventBusName, Targets }));
  const heard: BusEvent[] = [];
  const listen = async (): Promise<void> => {
    heard.push(...((await messagesOf(plane, QueueUrl)) as BusEvent[]));
  };
  return {
    heard,
    heardSoFar: async (): Promise<readonly BusEvent[]> => {
      await listen();
      return heard;
    },
    /** All that was heard about a model so far, at least `count` of it. */
    factsAbout: (model: string, count = 1): Promise<BusEvent[]> =>
      eventually(`${count} facts about ${model}`, async () => {
        await listen();
        const found = heard.filter(({ detail }) => detail.model === model);
        return found.length >= count ? found : undefined;
      }),
  };
};
