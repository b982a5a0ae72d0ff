import { z } from 'zod';
import { Manifest } from './manifest.ts';

/** A field as the schema has it, with the description that may hang on any of its wrappers. */
export type Field = { readonly schema: z.core.$ZodType; readonly description: string | undefined };

const fieldOf = (schema: z.core.$ZodType, description?: string): Field => {
  const described = description ?? (schema instanceof z.ZodType ? schema.description : undefined);
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? fieldOf(schema.unwrap(), described)
    : { schema, description: described };
};

const below = (schema: z.core.$ZodType, segment: PropertyKey): z.core.$ZodType | undefined => {
  if (schema instanceof z.ZodObject) return schema.shape[String(segment)];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
};

/** The field of the manifest that a path names; undefined for a path that the schema does not know. */
export const fieldAt = (segments: readonly PropertyKey[]): Field | undefined => {
  let field: Field | undefined = fieldOf(Manifest);
  for (const segment of segments) {
    const child: z.core.$ZodType | undefined = field === undefined ? undefined : below(field.schema, segment);
    field = child === undefined ? undefined : fieldOf(child);
  }
  return field;
};

export const fieldNames = ({ schema }: Field): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

type Bounds = { readonly low: number | undefined; readonly high: number | undefined };

const isLimit = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;

const inBounds = (what: string, { low, high }: Bounds, unit: string): string => {
  if (isLimit(low) && isLimit(high)) return `${what} of ${low} to ${high}${unit}`;
  if (isLimit(low)) return `${what} of ${low} or more${unit}`;
  return isLimit(high) ? `${what} of at most ${high}${unit}` : what;
};

/** A pattern's own words: what the schema would say to a text that cannot match. */
const patternWords = (schema: z.core.$ZodType): string => {
  const issue = z.safeParse(schema, '').error?.issues[0];
  return issue?.message.replace(/^expected /, '') ?? 'text';
};

const numberWords = (form: z.core.JSONSchema.BaseSchema): string => {
  if (form.exclusiveMinimum !== undefined)
    return `a number above ${form.exclusiveMinimum} and below ${form.exclusiveMaximum}`;
  const what = form.type === 'integer' ? 'a whole number' : 'a number';
  return inBounds(what, { low: form.minimum, high: form.maximum }, '');
};

const formWords = (schema: z.core.$ZodType, form: z.core.JSONSchema.BaseSchema): string => {
  if (form.enum !== undefined) return `one of ${form.enum.join(', ')}`;
  if (form.const !== undefined) return JSON.stringify(form.const);
  if (form.format === 'date-time') return 'a date and time with a time zone, such as 2026-11-23T10:00:00Z';
  if (form.pattern !== undefined) return patternWords(schema);
  if (form.type === 'string') return inBounds('text', { low: form.minLength, high: form.maxLength }, ' characters');
  if (form.type === 'array') return inBounds('a list', { low: form.minItems, high: form.maxItems }, ' items');
  if (form.type === 'integer' || form.type === 'number') return numberWords(form);
  if (form.type === 'boolean') return 'true or false';
  if (schema instanceof z.ZodObject) return `an object with ${Object.keys(schema.shape).join(', ')}`;
  return schema instanceof z.ZodRecord ? 'an object of names and values' : 'any JSON value';
};

/** What a field takes, in plain words. */
export const allowedIn = ({ schema }: Field): string => formWords(schema, z.toJSONSchema(schema, { io: 'input' }));

/** What the names of a record's members may be, in plain words. */
export const allowedNamesIn = ({ schema }: Field): string =>
  schema instanceof z.ZodRecord ? `as a name, ${allowedIn(fieldOf(schema.keyType))}` : 'no such name';
