import { z } from 'zod';
import type { RiskTier } from '../gates/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { DeploymentName, EnvironmentName, ModelId } from '../kernel/identity.ts';
import { JudgeRules } from './judgement.ts';
import { AppConfigRouting } from './routed-target.ts';

/** Two published versions behind one alias. */
const LambdaAlias = z.strictObject({
  kind: z.literal('lambda-alias'),
  functionArn: z.string().min(1),
  alias: z.string().min(1),
});

/** What a deployment construct leaves for the plane to read: one model, in one environment, behind one target. */
export const Deployment = z.strictObject({
  name: DeploymentName,
  model: ModelId,
  environment: EnvironmentName,
  target: z.discriminatedUnion('kind', [LambdaAlias, AppConfigRouting]),
  /**
   * Of the target's account, be it the plane's own or another: who may look at the target, and who may also shift it.
   * Both trust the plane's account under an external id, which is the address of the deployment (`deploymentAddress`).
   */
  roles: z.strictObject({ look: z.string().min(1), shift: z.string().min(1) }),
  /** Availability as a share, and the limit above which a request counts as slow. */
  objectives: z.strictObject({
    availability: z.number().gt(0).lt(1).default(0.999),
    slowMs: z.number().gt(0).default(1000),
  }),
  /** After a shift, until what is served is what was declared: the poll interval of readers that poll. */
  settleSeconds: z.int().min(0).default(0),
});
export type Deployment = z.infer<typeof Deployment>;

/** Below which a plane reads its deployments: one SSM parameter each. */
export const deploymentsPath = (stage: string): string => `/clearance/${stage}/deployments`;

/**
 * The name of a deployment's parameter, and the external id of its roles: the plane derives it from where it read the
 * deployment, so that whoever may write one parameter cannot send the plane to the target of another.
 */
export const deploymentAddress = (path: string, name: string): string => `${path}/${name}`;

export const Step = z.strictObject({
  /** Of requests, to the new version. */
  share: z.number().gt(0).max(1),
  /** 0, for the last step alone: it is not judged. */
  bakeSeconds: z.int().min(0),
});
export type Step = z.infer<typeof Step>;

const Steps = z
  .array(Step)
  .min(1)
  .max(20)
  .refine((steps) => steps.every(({ share }, at) => share > (steps[at - 1]?.share ?? 0)), {
    message: 'each step takes more traffic than the one before',
  })
  .refine((steps) => steps.at(-1)?.share === 1, { message: 'the last step takes all traffic: share 1' })
  .refine((steps) => steps.slice(0, -1).every(({ bakeSeconds }) => bakeSeconds > 0), {
    message: 'only the last step may go without baking',
  });

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** The part of the stage configuration that rollouts read. What a rollout started with it keeps. */
export const RolloutRules = z.strictObject({
  /** By risk tier: what is at stake decides how slowly a version gets there. */
  steps: z.strictObject({ light: Steps, standard: Steps, full: Steps }).prefault({
    light: [
      { share: 0.1, bakeSeconds: 10 * MINUTE },
      { share: 1, bakeSeconds: 10 * MINUTE },
    ],
    standard: [
      { share: 0.01, bakeSeconds: 15 * MINUTE },
      { share: 0.1, bakeSeconds: 15 * MINUTE },
      { share: 0.5, bakeSeconds: 15 * MINUTE },
      { share: 1, bakeSeconds: 15 * MINUTE },
    ],
    full: [
      { share: 0.01, bakeSeconds: HOUR },
      { share: 0.1, bakeSeconds: HOUR },
      { share: 0.5, bakeSeconds: HOUR },
      { share: 1, bakeSeconds: HOUR },
    ],
  }),
  judge: JudgeRules.prefault({}),
  lookSeconds: z.int().min(1).max(900).default(MINUTE).describe('between two looks at a step that bakes'),
  patienceSeconds: z
    .int()
    .min(0)
    .default(2 * HOUR)
    .describe('after the bake, until too little data becomes a hold for a human'),
  graceSeconds: z.int().min(10).default(300).describe('of silence, after which a rollout counts as dead'),
});
export type RolloutRules = z.infer<typeof RolloutRules>;

/** The rules as one rollout keeps them. */
export const Plan = z.object({
  steps: Steps,
  judge: JudgeRules,
  lookSeconds: z.int(),
  patienceSeconds: z.int(),
  graceSeconds: z.int(),
  settleSeconds: z.int(),
  availability: z.number(),
});
export type Plan = z.infer<typeof Plan>;

export const planFor = (rules: RolloutRules, deployment: Deployment, tier: RiskTier): Plan => ({
  steps: rules.steps[tier],
  judge: rules.judge,
  lookSeconds: rules.lookSeconds,
  patienceSeconds: rules.patienceSeconds,
  graceSeconds: rules.graceSeconds,
  settleSeconds: deployment.settleSeconds,
  availability: deployment.objectives.availability,
});

/** One thing behind a target that can serve, and what it says that it serves. */
export const Backend = z.object({
  /** In the target's own words: the number of a Lambda version. */
  id: z.string(),
  model: z.string().optional(),
  version: z.string().optional(),
  root: Digest.optional(),
});
export type Backend = z.infer<typeof Backend>;
