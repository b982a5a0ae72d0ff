import { type EventContract, REQUEST_SOURCE } from '../core/kernel/contract.ts';
import type { PlaneAddress } from '../core/registry/api.ts';
import { askingAws } from './aws-problem.ts';
import { couldNotTell } from './outcome.ts';

/** Puts one request on the bus of a plane. PutEvents answers 200 even when it took nothing. */
export const putRequest = async (
  { eventBus, region }: PlaneAddress,
  { type }: EventContract,
  detail: object,
  signal: AbortSignal,
): Promise<void> => {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const entry = {
    EventBusName: eventBus,
    Source: REQUEST_SOURCE,
    DetailType: type,
    Detail: JSON.stringify(detail),
  };
  const client = new EventBridgeClient({ region });
  const asked = client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal: signal });
  const { FailedEntryCount, Entries } = await askingAws(eventBus, asked);
  if (FailedEntryCount)
    throw couldNotTell({
      path: eventBus,
      message: 'the bus did not take the request',
      found: Entries?.[0]?.ErrorMessage ?? 'no reason',
      fix: 'Try again later.',
    });
};
