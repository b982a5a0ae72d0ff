import type { z } from 'zod';
import { type Reason, show } from '../kernel/reason.ts';
import { parseBoundedJson } from './bounded-json.ts';

/** Either the document, or what is wrong with it. */
export type ReadDocument<T> = { readonly value?: T; readonly reasons: readonly Reason[] };

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], document);

const jsonPath = (path: readonly PropertyKey[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');

/** What is wrong with the form of a document; `path` is the JSON path of it, through the payload if need be. */
type Fault = (path: string, message: string, found?: string) => Reason;

const fault = (rule: string, path: string, message: string, found?: string): Reason => ({
  rule,
  path: path.toWellFormed(),
  message: message.toWellFormed(),
  ...(found === undefined ? {} : { found }),
});

export const malformed: Fault = (...about) => fault('signing.malformed-bundle', ...about);

export const malformedKeySet: Fault = (...about) => fault('signing.malformed-key-set', ...about);

type Document = { readonly text: string; readonly where: string; readonly fault: Fault };

const read = <T>(schema: z.ZodType<T>, { text, where, fault }: Document): ReadDocument<T> => {
  let document: unknown;
  try {
    document = parseBoundedJson(text);
  } catch (cause) {
    return { reasons: [fault(where, `not JSON that can be read: ${(cause as SyntaxError).message}`)] };
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return { value: parsed.data, reasons: [] };
  const reasons = parsed.error.issues.map(({ path, message }) =>
    fault(`${where}${jsonPath(path)}`, message, show(valueAt(document, path))),
  );
  return { reasons };
};

/** Reads a JSON document that stands at the JSON path `where`. */
export const readDocument = <T>(schema: z.ZodType<T>, text: string, where: string): ReadDocument<T> =>
  read(schema, { text, where, fault: malformed });

export const readKeySetDocument = <T>(schema: z.ZodType<T>, text: string, where: string): ReadDocument<T> =>
  read(schema, { text, where, fault: malformedKeySet });
