import { z } from 'zod';
import { Reason } from '../kernel/reason.ts';

const Index = z.number().min(0);

/** When a model has drifted. The defaults hold at most once per model and year without cause: `npm run bench -- drift-false-alarms`. */
export const DriftSettings = z.strictObject({
  minimumSample: z.int().min(1).default(500).describe('values of a feature in a window, below which nothing is said'),
  minimumBaseline: z.int().min(1).default(100).describe('values of a feature in the baseline, likewise'),
  floor: Index.default(0.2).describe('a stability index up to here is nobody’s concern'),
  minimumHistory: z.int().min(2).default(14).describe('healthy windows from which can be learned what is usual'),
  newModelFloor: Index.default(1).describe('the limit until then; 1 is a shift by one standard deviation'),
  deviations: z
    .number()
    .min(0)
    .default(7)
    .describe('how far above what is usual the limit lies, in standard deviations'),
  ceiling: Index.default(3).describe('above this it is drift, however unsteady a feature always was'),
  falseDiscoveryRate: z.number().gt(0).lt(1).default(0.01).describe('over all signals of one check'),
});
export type DriftSettings = z.infer<typeof DriftSettings>;

/** What one check looks at. */
export const DriftWindows = z.strictObject({
  windowMinutes: z
    .int()
    .min(1)
    .max(1440)
    .refine((minutes) => minutes < 60 || minutes % 60 === 0, { message: 'fewer than 60, or whole hours' })
    .default(1440)
    .describe('how long the window is that is judged; below an hour there is no history to compare it with'),
  historyDays: z.int().min(0).max(60).default(28),
});
export type DriftWindows = z.infer<typeof DriftWindows>;

export const DriftOutcome = z.enum(['drifted', 'stable', 'not-enough-data']);
export type DriftOutcome = z.infer<typeof DriftOutcome>;

/** What was measured of one feature or answer, against what, on how much. */
export const DriftFinding = z.object({
  signal: z.enum(['feature', 'prediction', 'score']),
  name: z.string(),
  outcome: DriftOutcome,
  message: z.string(),
  /** Values in the window. */
  n: z.int(),
  psi: z.number().optional(),
  /** The mean of healthy windows. */
  usual: z.number().optional(),
  limit: z.number().optional(),
  /** Above the floor, and no more than is usual for it: worth a look, not a hold. */
  elevated: z.boolean(),
  /** Base 2: from 0, the same, to 1, nothing in common. */
  jensenShannon: z.number().optional(),
  /** The largest distance of the distribution functions lies between these. */
  kolmogorovSmirnov: z.object({ low: z.number(), high: z.number() }).optional(),
  /** Chi-square over the bins, then adjusted for the number of signals. */
  pValue: z.number().optional(),
  adjustedPValue: z.number().optional(),
});
export type DriftFinding = z.infer<typeof DriftFinding>;

export const DriftReport = z.object({
  outcome: DriftOutcome,
  /** One for each signal that drifted, the worst first. */
  reasons: z.array(Reason),
  findings: z.array(DriftFinding),
  /** Windows that were looked at to learn what is usual. */
  history: z.int(),
});
export type DriftReport = z.infer<typeof DriftReport>;

const Share = z.number().min(0).max(1);

/** What part of events may break which rule of the declared features before it is a violation. */
export const SchemaSettings = z.strictObject({
  minimumEvents: z.int().min(1).default(50),
  missing: Share.default(0.01),
  retyped: Share.default(0.01),
  outOfRange: Share.default(0.05),
  newCategory: Share.default(0.05),
});
export type SchemaSettings = z.infer<typeof SchemaSettings>;

export const SchemaKind = z.enum(['missing', 'renamed', 'retyped', 'out-of-range', 'new-category']);
export type SchemaKind = z.infer<typeof SchemaKind>;

export const SchemaFinding = z.object({
  feature: z.string(),
  kind: SchemaKind,
  count: z.int(),
  n: z.int(),
  share: z.number(),
  limit: z.number(),
  violated: z.boolean(),
});
export type SchemaFinding = z.infer<typeof SchemaFinding>;

export const SchemaReport = z.object({
  outcome: z.enum(['violated', 'kept', 'not-enough-data']),
  reasons: z.array(Reason),
  /** Everything that was seen at all, violated or not: the tolerance of a hold is not that of a report. */
  findings: z.array(SchemaFinding),
  /** Names that events carry and the manifest does not declare; the most frequent first, at most twenty. */
  undeclared: z.array(z.tuple([z.string(), z.int()])),
  n: z.int(),
});
export type SchemaReport = z.infer<typeof SchemaReport>;
