import { z } from 'zod';

/** Apart from the schema, which a command that only tells a reason need not load. */
export { describeReason, show } from './describe-reason.ts';

/** Why the answer is no: a stable rule id, the sentence for a person, and what would make it a yes. */
export const Reason = z.object({
  /** Stable id `<capability>.<rule>`, for example `scanning.malicious-file`. */
  rule: z.string().regex(/^[a-z]+(?:-[a-z]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*$/),
  message: z.string().min(1),
  /** JSON path in the manifest, or file path. */
  path: z.string().optional(),
  found: z.string().optional(),
  allowed: z.string().optional(),
  fix: z.string().optional(),
});
export type Reason = z.infer<typeof Reason>;
