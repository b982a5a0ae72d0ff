import { z } from 'zod';
import { Reason } from '../kernel/reason.ts';

const Share = z.number().min(0).max(1);

/** `floor`: an excess that is not acted on. `margin`: an excess that must be ruled out before anything moves on. */
const Tolerance = z.strictObject({ floor: Share, margin: Share }).refine(({ floor, margin }) => floor < margin, {
  path: ['margin'],
  message: 'more than the floor',
});

/** The part of the stage configuration that the judge reads. */
export const JudgeRules = z.strictObject({
  /** How often, at most, a rollout of a version that is no worse is rolled back, however often it is judged. */
  alpha: z.number().gt(0).max(0.5).default(0.01),
  /** How often, at most, a step is passed whose excess is above the margin. */
  beta: z.number().gt(0).max(0.5).default(0.05),
  errors: Tolerance.prefault({ floor: 0.0005, margin: 0.01 }),
  /** Requests slower than the limit of the deployment's latency objective. */
  slow: Tolerance.prefault({ floor: 0.005, margin: 0.05 }),
  /** Share of its own error allowance at which the canary is stopped. */
  budgetShare: z.number().gt(0).max(1).default(0.2),
  /** The smallest error allowance there is: a canary of ten requests has not burnt anything with its first error. */
  minimumErrors: z.int().min(1).default(10),
});
export type JudgeRules = z.infer<typeof JudgeRules>;

const Stream = z.object({ requests: z.int().min(0), errors: z.int().min(0), slow: z.int().min(0) });

/** What the two streams saw over the same span of time. */
export const Window = z.object({ start: z.iso.datetime(), canary: Stream, baseline: Stream });
export type Window = z.infer<typeof Window>;

const Excess = z.object({ observed: z.number(), low: z.number(), high: z.number() });
const Bounds = z.object({ low: z.number(), high: z.number() });

/** What the baseline did while it still served; the last step is compared with it. */
export const Reference = z.object({ errors: Bounds, slow: Bounds });
export type Reference = z.infer<typeof Reference>;

export const Judgement = z.object({
  verdict: z.enum(['pass', 'fail', 'not-enough-data']),
  requests: z.object({ canary: z.int(), baseline: z.int() }),
  errors: Excess,
  slow: Excess,
  /** In errors. `spent` is what the canary's excess looks like, `surely` what is proven of it. */
  budget: z.object({ allowance: z.number(), spent: z.number(), surely: z.number() }),
  /** Why it failed, or what is not known yet. */
  reasons: z.array(Reason),
  reference: Reference.optional(),
});
export type Judgement = z.infer<typeof Judgement>;
