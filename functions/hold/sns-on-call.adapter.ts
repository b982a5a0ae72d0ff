import type { HoldSeverity } from '../../core/hold/contract.ts';
import type { OnCallPorts } from '../../core/hold/tell-on-call.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const sns = lazy(async () => {
  const sdk = await import('./sns-sdk.adapter.ts');
  return { sdk, client: new sdk.SNSClient({}) };
});

/** A topic for each severity: whoever subscribes is on call for it. */
export const snsOnCall =
  (topics: Readonly<Record<HoldSeverity, string>>): OnCallPorts['send'] =>
  async (severity, { subject, text, attributes }) => {
    const { sdk, client } = await sns();
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
    );
    const message = { TopicArn: topics[severity], Subject: subject, Message: text, MessageAttributes };
    await client.send(new sdk.PublishCommand(message)).catch(rethrow);
  };
