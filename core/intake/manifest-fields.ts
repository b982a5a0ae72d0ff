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

type Check = {
  check?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  value?: number;
  inclusive?: boolean;
};
type Bounds = { readonly low: number | undefined; readonly high: number | undefined; readonly open: boolean };

/**
 * The checks on a value, those that are part of its type first. Handlers are built without zod's way to JSON Schema,
 * and without it getters such as `format`, `isInt` and `minLength` fail.
 */
const checksOf = ({ _zod: { def } }: z.core.$ZodType): Check[] => [
  def as z.core.$ZodTypeDef & Check,
  ...(def.checks ?? []).map(({ _zod }) => _zod.def),
];

const boundsOf = (checks: readonly Check[]): Bounds => {
  const of = (...names: string[]) => checks.find(({ check }) => check !== undefined && names.includes(check));
  const [low, high] = [of('min_length', 'greater_than'), of('max_length', 'less_than')];
  return { low: low?.minimum ?? low?.value, high: high?.maximum ?? high?.value, open: low?.inclusive === false };
};

const within = (what: string, { low, high, open }: Bounds, unit = ''): string => {
  if (open) return `${what} above ${low} and below ${high}`;
  if (low !== undefined && high !== undefined) return `${what} of ${low} to ${high}${unit}`;
  if (low !== undefined) return `${what} of ${low} or more${unit}`;
  return high === undefined ? what : `${what} of at most ${high}${unit}`;
};

/** A pattern's own words: what the schema says to a text that cannot match. */
const patternWords = (schema: z.core.$ZodType): string => {
  const issue = z.safeParse(schema, '').error?.issues[0];
  return issue?.message.replace(/^expected /, '') ?? 'text';
};

const textWords = (schema: z.core.$ZodType): string => {
  const checks = checksOf(schema);
  const format = checks.find((check) => check.format !== undefined)?.format;
  if (format === 'datetime') return 'a date and time with a time zone, such as 2026-11-23T10:00:00Z';
  return format === undefined ? within('text', boundsOf(checks), ' characters') : patternWords(schema);
};

const numberWords = (schema: z.core.$ZodType): string => {
  const checks = checksOf(schema);
  return within(checks.some(({ format }) => format === 'safeint') ? 'a whole number' : 'a number', boundsOf(checks));
};

/** What a field takes, in plain words. */
export const allowedIn = ({ schema }: Field): string => {
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(', ')}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => JSON.stringify(value)).join(' or ');
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return textWords(schema);
  if (schema instanceof z.ZodNumber) return numberWords(schema);
  if (schema instanceof z.ZodArray) return within('a list', boundsOf(checksOf(schema)), ' items');
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodObject) return `an object with ${Object.keys(schema.shape).join(', ')}`;
  return schema instanceof z.ZodRecord ? 'an object of names and values' : 'any JSON value';
};

/** What the names of a record's members may be, in plain words. */
export const allowedNamesIn = ({ schema }: Field): string =>
  schema instanceof z.ZodRecord ? `as a name, ${allowedIn(fieldOf(schema.keyType))}` : 'no such name';
