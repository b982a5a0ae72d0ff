import { FACT_SOURCE } from '../../core/kernel/contract.ts';
import { Throttled } from '../../core/kernel/failures.ts';
import { rethrow } from '../platform/aws-errors.ts';
import { lazy } from '../platform/lazy.ts';

const eventbridge = lazy(async () => {
  const { EventBridgeClient, PutEventsCommand } = await import('./eventbridge-sdk.adapter.ts');
  return { client: new EventBridgeClient({}), PutEventsCommand };
});

/** Puts one fact on the bus. PutEvents answers 200 even when it took nothing, so its count is read. */
export const eventBus =
  (name: string) =>
  async ({ type, detail }: { type: string; detail: string }): Promise<void> => {
    const { client, PutEventsCommand } = await eventbridge();
    const entry = { EventBusName: name, Source: FACT_SOURCE, DetailType: type, Detail: detail };
    const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] })).catch(rethrow);
    if (FailedEntryCount) throw new Throttled(`the bus refused ${type}: ${Entries?.[0]?.ErrorMessage ?? 'no reason'}`);
  };
