import type { EventContract } from './contract.ts';
import { digestOf, hexOf } from './digest.ts';

/** A fact as it is written with the state change that it tells of; a stream publishes it from there. */
export type Fact = { readonly id: string; readonly type: string; readonly detail: { readonly [key: string]: unknown } };

/** The same change has the same id however often it is tried: consumers drop what they have seen. */
export const factId = (event: EventContract, ...identity: readonly string[]): string =>
  hexOf(digestOf([event.type, ...identity].join('\n'))).slice(0, 32);
