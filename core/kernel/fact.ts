import type { EventContract } from './contract.ts';
import { digestOf, hexOf } from './digest.ts';

/** A fact as it is written with the state change that it tells of; a stream publishes it from there. */
export type Fact = { readonly id: string; readonly type: string; readonly detail: { readonly [key: string]: unknown } };

/** The same change has the same id however often it is tried: consumers drop what they have seen. */
export const factId = (event: EventContract, ...identity: readonly string[]): string =>
  hexOf(digestOf([event.type, ...identity].join('\n'))).slice(0, 32);

/** Sort key of an outbox item; the stream that publishes facts sees nothing else. */
export const FACT_SK = 'FACT';

/** Partition keys of outbox items, as a pattern of IAM. */
export const FACT_KEYS = 'FACT#*';

export const outboxKey = (id: string) => ({ pk: `FACT#${id}`, sk: FACT_SK }) as const;

/** How long a logged fact stays in the outbox, for whoever has to publish it again. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** The index of every table with facts over those that the audit log does not have yet, the oldest first. */
export const UNLOGGED = { index: 'unlogged', partition: 'unlogged', sort: 'waitsSince', value: FACT_SK } as const;

/**
 * A fact as its outbox item. The detail is text, so that what is published is what was written. It has no expiry before
 * it is logged: an audit log that stands still loses nothing.
 */
export const outboxItem = ({ id, type, detail }: Fact, now: Date) => ({
  ...outboxKey(id),
  type,
  detail: JSON.stringify(detail),
  [UNLOGGED.partition]: UNLOGGED.value,
  [UNLOGGED.sort]: `${now.toISOString()}#${id}`,
});

/** When an outbox item that is logged now is of no more use, in seconds. */
export const expiryOfLogged = (now: Date): number => Math.floor(now.getTime() / 1000) + KEPT_SECONDS;
