import type { z } from 'zod';
import { type Reason, show } from '../kernel/reason.ts';
import { parseBoundedJson } from './bounded-json.ts';

/** Either the document, or what is wrong with it. */
export type ReadDocument<T> = { readonly value?: T; readonly reasons: readonly Reason[] };

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], document);

const jsonPath = (path: readonly PropertyKey[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');

/** What is wrong with the form of a bundle; `path` is the JSON path of it, through the payload if need be. */
export const malformed = (path: string, message: string, found?: string): Reason => ({
  rule: 'signing.malformed-bundle',
  path: path.toWellFormed(),
  message: message.toWellFormed(),
  ...(found === undefined ? {} : { found }),
});

/** Reads a JSON document that stands at the JSON path `where`. */
export const readDocument = <T>(schema: z.ZodType<T>, text: string, where: string): ReadDocument<T> => {
  let document: unknown;
  try {
    document = parseBoundedJson(text);
  } catch (cause) {
    return { reasons: [malformed(where, `not JSON that can be read: ${(cause as SyntaxError).message}`)] };
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return { value: parsed.data, reasons: [] };
  const reasons = parsed.error.issues.map(({ path, message }) =>
    malformed(`${where}${jsonPath(path)}`, message, show(valueAt(document, path))),
  );
  return { reasons };
};
