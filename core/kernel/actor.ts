import { z } from 'zod';

/** A caller whom IAM has told us: the one kind of name that is not a claim. */
export const Person = z.object({ kind: z.literal('person'), arn: z.string().min(1) });
export type Person = z.infer<typeof Person>;

/** A check of the plane that acted by itself: `drift.feature-shifted`, `rollout.not-enough-data`. */
export const Signal = z.object({
  kind: z.literal('signal'),
  signal: z.string().regex(/^[a-z]+(?:-[a-z]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*$/, 'expected capability.symptom'),
});
export type Signal = z.infer<typeof Signal>;

export const Actor = z.discriminatedUnion('kind', [Person, Signal]);
export type Actor = z.infer<typeof Actor>;
