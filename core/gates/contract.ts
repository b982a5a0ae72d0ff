import { z } from 'zod';
import { BucketName } from '../data-set/bucket-name.ts';
import { Attempt, evidenceKey } from '../intake/contract.ts';
import { defineEnv, defineTask, jsonEnv } from '../kernel/contract.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, Throttled, UploadChanged } from '../kernel/failures.ts';

export const RiskTier = z.enum(['light', 'standard', 'full']);
export type RiskTier = z.infer<typeof RiskTier>;

/** Three outcomes; a gate never decides what follows from them. */
export const GateOutcome = z.enum(['pass', 'fail', 'not-enough-evidence']);
export type GateOutcome = z.infer<typeof GateOutcome>;

/** Every gate, `<what it looks at>.<what it asks>`. Policies name them: a name never changes its meaning. */
export const Gate = z.enum([
  'provenance.completeness',
  'provenance.field',
  'provenance.dataset',
  'provenance.dataset-source',
  'provenance.environment-lock',
  'required.field',
  'metrics.threshold',
  'training-data.sample',
  'training-data.outlier-block',
  'training-data.label-flip',
]);
export type Gate = z.infer<typeof Gate>;

/** What one gate measured, against what, on how much. */
export const GateFinding = z.object({
  gate: Gate,
  outcome: GateOutcome,
  message: z.string(),
  path: z.string().optional(),
  measured: z.union([z.number(), z.string()]).optional(),
  threshold: z.union([z.number(), z.string()]).optional(),
  unit: z.string().optional(),
  n: z.int().optional(),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).optional(),
  fix: z.string().optional(),
});
export type GateFinding = z.infer<typeof GateFinding>;

/** The evidence document of all gates for one attempt. */
export const GateReport = z.object({
  tier: RiskTier,
  /** Which answers of the manifest made the tier what it is. */
  tierReasons: z.array(z.string()),
  findings: z.array(GateFinding),
});
export type GateReport = z.infer<typeof GateReport>;

/** A declared metric that every version of a model (or of all models) has to reach. */
export const MetricThreshold = z
  .strictObject({
    metric: z.string().min(1),
    model: z.string().min(1).default('*').describe('a model name, or * for every model'),
    tiers: z.array(RiskTier).min(1).default(['light', 'standard', 'full']),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    /** The smallest sample that the metric may rest on. */
    minimumN: z.int().min(1).optional(),
  })
  .refine((threshold) => threshold.minimum !== undefined || threshold.maximum !== undefined, {
    message: 'expected minimum, maximum or both',
  });
export type MetricThreshold = z.infer<typeof MetricThreshold>;

/** A prefix that ends in the middle of a name would let another bucket in: `s3://curated` begins `s3://curated-by-anyone/` too. */
const SourcePrefix = z
  .string()
  .max(200)
  .regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s]+\/$/, 'expected the address of a bucket, host or folder that ends with /');

const Share = z.number().min(0).max(1);

/** The part of the stage configuration that gates read. */
export const GateRules = z.strictObject({
  /** Share of the provenance fields that each tier must declare (M9). */
  provenance: z.strictObject({ light: Share, standard: Share, full: Share }).prefault({
    light: 0,
    standard: 0.75,
    full: 1,
  }),
  /** Where training data may come from, for example `s3://curated/`; empty for anywhere. */
  sources: z.array(SourcePrefix).max(25).default([]),
  trainingData: z
    .strictObject({
      /** Risk tiers that have to declare a sample of their training data. */
      requiredTiers: z.array(RiskTier).default([]),
      /** Buckets beside the upload from which samples are taken. */
      buckets: z.array(BucketName).max(10).default([]),
      /** Share of a block's rows that may lie far out for all other rows. */
      maximumOutlying: Share.default(0.2),
      /** Share of a block's labels that the nearest rows may contradict beyond what they do in other blocks. */
      maximumContradicted: Share.default(0.02),
    })
    .prefault({}),
  /** They travel in an environment variable, of which Lambda takes 4 KB in all. */
  metrics: z.array(MetricThreshold).max(25).default([]),
});
export type GateRules = z.infer<typeof GateRules>;

export const gates = {
  tasks: {
    evaluateGates: defineTask({
      env: defineEnv({ EVIDENCE_BUCKET: z.string(), GATE_RULES: jsonEnv(GateRules) }),
      /** Without the inventory by executions that began before this release. */
      input: z.object({ attempt: Attempt, inventory: EvidenceRef.optional(), manifest: EvidenceRef }),
      output: z.object({ report: EvidenceRef, tier: RiskTier }),
      failures: [EvidenceAltered, Throttled, UploadChanged],
    }),
  },
  keys: { report: (attempt: Attempt) => evidenceKey(attempt, 'gates') },
} as const;
