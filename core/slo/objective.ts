import { z } from 'zod';
import { ModelId } from '../kernel/identity.ts';

/** What is promised to the users of a model, as one number: the share of requests that are good. */
export const Objective = z.object({
  name: z.string(),
  model: ModelId,
  indicator: z.enum(['availability', 'latency']),
  /** Milliseconds, of a latency objective: a slower answer is a bad one. */
  slowerThan: z.number().optional(),
  /** The share of requests that have to be good. */
  target: z.number(),
  windowDays: z.int(),
  /** From the annotations of the document. */
  owner: z.string().optional(),
  link: z.string().optional(),
});
export type Objective = z.infer<typeof Objective>;
