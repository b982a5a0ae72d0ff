import { byCodePoint } from './code-point-order.ts';
import { type Digest, digestOf, hexOf } from './digest.ts';

/** One file of a model version: its path below the prefix and what its bytes hash to. */
export type Resource = { readonly name: string; readonly digest: Digest };

export const sortResources = <R extends Resource>(resources: readonly R[]): R[] =>
  [...resources].sort((a, b) => byCodePoint(a.name, b.name));

/**
 * The identity of a model version: SHA-256 over the raw digests of its files, in code-point order of their names
 * (OpenSSF Model Signing v1.0 §6.4). Everything said about the version names this digest.
 */
export const rootDigestOf = (resources: readonly Resource[]): Digest =>
  digestOf(Buffer.concat(sortResources(resources).map(({ digest }) => Buffer.from(hexOf(digest), 'hex'))));
