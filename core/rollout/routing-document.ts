import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Digest } from '../kernel/digest.ts';
import { ModelId, VersionId } from '../kernel/identity.ts';
import { show } from '../kernel/reason.ts';

/** All requests, in the unit of weights: a millionth is finer than any share that a rollout tells apart. */
export const WHOLE = 1_000_000;

const RoutedVersion = z.strictObject({
  version: VersionId,
  root: Digest.describe('of the bytes that answer for this version; a server that has other bytes must not answer'),
  weight: z.int().min(1).max(WHOLE).describe('of a million requests, how many'),
});
export type RoutedVersion = z.infer<typeof RoutedVersion>;

/**
 * Which version of a model answers which requests, for servers that hold several and ask before they answer. The
 * published form is `schemas/routing-document.v1.schema.json`, generated from this.
 */
export const RoutingDocument = z.strictObject({
  schema_version: z.literal(1),
  model: ModelId,
  sequence: z.int().min(1).describe('of the deployment that brought it; a later document has a higher one'),
  stamp: z.string().max(200).optional().describe('what the last shift left; for whoever looks, not for servers'),
  versions: z
    .array(RoutedVersion)
    .min(1)
    .max(2)
    .describe('first the version that takes what no other takes; after it, during a rollout, the new one')
    .refine((versions) => new Set(versions.map(({ version, root }) => `${version}@${root}`)).size === versions.length, {
      message: 'a version stands in it once',
    })
    .refine((versions) => versions.reduce((sum, { weight }) => sum + weight, 0) === WHOLE, {
      message: `weights add up to ${WHOLE}`,
    }),
});
export type RoutingDocument = z.infer<typeof RoutingDocument>;

/** No routing document of this version; nobody may route by it. */
export class RoutingRefused extends Error {
  override readonly name = 'RoutingRefused' as const;
}

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], document);

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new RoutingRefused(`a routing document is a JSON object; found ${show(text)}`);
  }
};

/** @throws RoutingRefused naming every field that is wrong, what stands there and what may */
export const readRoutingDocument = (text: string): RoutingDocument => {
  const document = parsedJson(text);
  const parsed = RoutingDocument.safeParse(document);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(
    ({ path, message }) => `${['$', ...path].join('.')}: found ${show(valueAt(document, path))}; ${message}`,
  );
  throw new RoutingRefused(`this is not a routing document of schema version 1: ${wrong.join('; ')}`);
};

/** A point in [0, 1 000 000): SHA-256 of the text, its first 32 bits as a fraction of a million, rounded down. */
const pointOf = (text: string): number =>
  Math.floor((createHash('sha256').update(text).digest().readUInt32BE(0) * WHOLE) / 2 ** 32);

/**
 * The version that answers requests with this routing key: a user, a session, an account, whatever must not see two
 * versions in turns. The same key has the same answer in every server and in every language.
 *
 * The point of `model`, a line feed, the version of the second entry, a line feed and the key, each in UTF-8, decides:
 * below the weight of the second entry it goes there. So each raise of that weight moves keys to it and none from it,
 * and each cut the other way; and which keys are first is drawn anew for every version that is rolled out.
 */
export const route = ({ model, versions }: RoutingDocument, routingKey: string): RoutedVersion => {
  const [primary, canary] = versions;
  if (primary === undefined) throw new TypeError('a routing document has a version');
  if (canary === undefined) return primary;
  return pointOf(`${model}\n${canary.version}\n${routingKey}`) < canary.weight ? canary : primary;
};
