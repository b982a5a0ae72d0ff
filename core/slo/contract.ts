import { z } from 'zod';
import { Reason } from '../kernel/reason.ts';
import { Objective } from './objective.ts';

const Count = z.int().min(0);

/** When a burn rate counts. */
export const SloSettings = z.strictObject({
  minimumBad: z.int().min(1).default(10).describe('bad requests in the long window, below which a tier stays quiet'),
});
export type SloSettings = z.infer<typeof SloSettings>;

/** Requests, and how many of them were bad. */
export const Counts = z.object({ total: Count, bad: Count });
export type Counts = z.infer<typeof Counts>;

export const Severity = z.enum(['page', 'ticket']);
export type Severity = z.infer<typeof Severity>;

const Burn = Counts.extend({
  minutes: z.int(),
  /** How many times faster than sustainable the budget goes: 1 uses it up in exactly the objective's window. */
  rate: z.number(),
});

export const TierFinding = z.object({
  severity: Severity,
  /** The rate above which it fires. */
  factor: z.number(),
  pausesRollouts: z.boolean(),
  long: Burn,
  short: Burn,
  outcome: z.enum(['fires', 'quiet', 'too-few-bad']),
});
export type TierFinding = z.infer<typeof TierFinding>;

export const ErrorBudget = z.object({
  /** Bad requests that the objective allows for the requests of its window. */
  allowed: z.number(),
  bad: Count,
  total: Count,
  /** Share of the budget; more than 1 when the objective is missed. */
  spent: z.number(),
});
export type ErrorBudget = z.infer<typeof ErrorBudget>;

export const BurnReport = z.object({
  objective: Objective,
  outcome: z.enum(['burning', 'within', 'not-enough-data']),
  severity: Severity.optional(),
  pausesRollouts: z.boolean(),
  reasons: z.array(Reason),
  tiers: z.array(TierFinding),
  /** Absent where not the whole window of the objective was read. */
  budget: ErrorBudget.optional(),
});
export type BurnReport = z.infer<typeof BurnReport>;

export { Objective } from './objective.ts';
