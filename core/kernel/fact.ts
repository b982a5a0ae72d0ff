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

/** How long a published fact stays in the outbox, for whoever has to publish it again. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** A fact as its outbox item. The detail is text, so that what is published is what was written. */
export const outboxItem = ({ id, type, detail }: Fact, now: Date) => ({
  pk: `FACT#${id}`,
  sk: FACT_SK,
  type,
  detail: JSON.stringify(detail),
  expiresAt: Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
});
