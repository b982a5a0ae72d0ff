import { z } from 'zod';
import { DeploymentName, ModelId, VersionId } from '../kernel/identity.ts';

const Text = (max: number) => z.string().min(1).max(max);

/**
 * One inference, one line of a capture file. The published form is `schemas/inference-event.v1.schema.json`, generated
 * from this. Members that are not named here are ignored and stored nowhere.
 */
export const InferenceEvent = z.object({
  schema_version: z.literal(1),
  request_id: Text(200).describe('joins labels that come later; not kept in windows'),
  model: ModelId,
  version: VersionId.describe('the version that answered, as it names itself'),
  deployment: DeploymentName.describe('where it answered: the name of the deployment'),
  timestamp: z.iso.datetime({ offset: true }).describe('when the answer was given'),
  latency: z.number().min(0).describe('milliseconds'),
  status: z.enum(['ok', 'error']),
  error_code: Text(100).optional().describe('what kind of error, a short name'),
  features: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'by the names of the manifest; a number, text, true, false or null each, anything else counts as retyped',
    ),
  prediction: z.unknown().optional().describe('a number, a short text, true, false or null; anything else is counted'),
  score: z.number().nullable().optional().describe('confidence or probability'),
  segment: Text(200).nullable().optional().describe('traffic segment, of which there are few'),
  cost: z.number().min(0).nullable().optional().describe('of this inference, in one currency for all events'),
});
export type InferenceEvent = z.infer<typeof InferenceEvent>;

type JsonObject = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Features are looked at one by one when they are counted; checking each of them here too would double the time. */
const Envelope = InferenceEvent.extend({ features: z.custom<JsonObject>(isObject).optional() });
export type Envelope = z.infer<typeof Envelope>;

const FIELDS = new Set(Object.keys(InferenceEvent.shape));

/** Why an event does not count: a short name from a small set, never a piece of the event. */
export type Refused = { readonly refused: string };

const refusalOf = (value: unknown, error: z.ZodError): Refused => {
  if (!isObject(value)) return { refused: 'not-an-object' };
  const fields = new Set(error.issues.map(({ path }) => String(path[0])));
  // What cannot be attributed comes first: nobody can be told about it.
  const first = ['schema_version', 'model', 'version', ...FIELDS].find((field) => fields.has(field)) ?? 'event';
  return { refused: `${value[first] === undefined || value[first] === null ? 'no' : 'invalid'}-${first}` };
};

/** An event from a parsed line, or why it is none. An event that does not say which model and version is none. */
export const readEvent = (value: unknown): Envelope | Refused => {
  const parsed = Envelope.safeParse(value);
  return parsed.success ? parsed.data : refusalOf(value, parsed.error);
};
