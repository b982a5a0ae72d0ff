import { z } from 'zod';
import { AdmissionQuestion, GivenVerdict } from '../admission/contract.ts';
import { RiskTier } from '../gates/contract.ts';

import { HoldEffect, ListUnreadable } from '../hold/contract.ts';
import { Actor } from '../kernel/actor.ts';
import { defineEnv, defineEvent, defineReactor, defineTask, jsonEnv } from '../kernel/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { EvidenceAltered, KeySetUnreadable, Throttled } from '../kernel/failures.ts';
import { DeploymentName, EnvironmentName, ModelId, VersionId } from '../kernel/identity.ts';
import { Reason } from '../kernel/reason.ts';
import { STRANGENESS } from './bypass.ts';
import { Backend, RolloutRules } from './deployment.ts';
import { TargetUnusable, VerdictForged } from './failures.ts';
import { Judgement } from './judgement.ts';

/** What CI or the CLI puts on the bus under the source of requests. */
export const RolloutRequested = z.object({
  /** Names the request: delivered again, it is the same rollout. Without it, the event's own id does. */
  request: z.string().min(1).max(128).optional(),
  model: ModelId,
  version: VersionId,
  environment: EnvironmentName,
  /** Needed only where a model has several deployments in one environment. */
  deployment: DeploymentName.optional(),
  /** A claim: an event carries no caller. */
  requestedBy: z.string().max(256).optional(),
});
export type RolloutRequested = z.infer<typeof RolloutRequested>;

const fact = {
  id: z.string(),
  rollout: z.string(),
  deployment: z.string(),
  model: ModelId,
  version: VersionId,
  environment: EnvironmentName,
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
};
const because = { reasons: z.array(Reason), reasonCount: z.int() };

export const RolloutStarted = z.object({
  ...fact,
  root: Digest,
  tier: RiskTier,
  /** What the target's own versions are called. */
  baseline: z.string(),
  candidate: z.string(),
  shares: z.array(z.number()),
});
export type RolloutStarted = z.infer<typeof RolloutStarted>;

/** The target has been seen to serve this split. */
export const StepShifted = z.object({ ...fact, step: z.int(), steps: z.int(), share: z.number(), from: z.number() });
export type StepShifted = z.infer<typeof StepShifted>;

export const RolloutPaused = z.object({ ...fact, share: z.number(), ...because });
export type RolloutPaused = z.infer<typeof RolloutPaused>;

export const RolloutResumed = z.object({ ...fact, share: z.number() });
export type RolloutResumed = z.infer<typeof RolloutResumed>;

/** Every request goes to the new version. */
export const RolloutCompleted = z.object({ ...fact, judgement: Judgement.optional() });
export type RolloutCompleted = z.infer<typeof RolloutCompleted>;

/** Every request goes to the version before. */
export const RolledBack = z.object({ ...fact, by: Actor, ...because, judgement: Judgement.optional() });
export type RolledBack = z.infer<typeof RolledBack>;

export const RolloutRefused = z.object({ ...fact, ...because });
export type RolloutRefused = z.infer<typeof RolloutRefused>;

/**
 * What came of a change of a target that no rollout made. `restored`: what is declared serves, by somebody's hand.
 * `undone`: it serves too, and the change was to something else. `unreachable`: nobody can look any more. The others say
 * what serves: see `STRANGENESS`.
 */
export const BypassOutcome = z.enum(['restored', 'undone', 'unreachable', ...STRANGENESS]);
export type BypassOutcome = z.infer<typeof BypassOutcome>;

/** Somebody changed what a target serves past the plane. */
export const Bypassed = z.object({
  id: z.string(),
  deployment: DeploymentName,
  model: ModelId,
  environment: EnvironmentName,
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
  outcome: BypassOutcome,
  /** As CloudTrail tells it; `id` finds it there. */
  call: z.object({
    id: z.string(),
    at: z.iso.datetime(),
    service: z.string(),
    name: z.string(),
    /** The ARN of whoever called. */
    by: z.string(),
    account: z.string(),
  }),
  /** What serves now, by what it says of itself; empty if that cannot be seen. */
  served: z.array(Backend.extend({ share: z.number() })),
  /** What may serve by the rollouts, in the target's words; empty where there was none yet. */
  declared: z.array(z.string()),
  /** Of the hold that was placed or seen again. */
  effect: HoldEffect.optional(),
  hold: z.string().optional(),
});
export type Bypassed = z.infer<typeof Bypassed>;

const id = z.string().min(1);
const Tables = { ROLLOUT_TABLE: z.string(), HOLD_TABLE: z.string() } as const;

export const rollout = {
  events: {
    requested: defineEvent('rollout.requested.v1', RolloutRequested),
    started: defineEvent('rollout.started.v1', RolloutStarted),
    stepShifted: defineEvent('rollout.step-shifted.v1', StepShifted),
    paused: defineEvent('rollout.paused.v1', RolloutPaused),
    resumed: defineEvent('rollout.resumed.v1', RolloutResumed),
    completed: defineEvent('rollout.completed.v1', RolloutCompleted),
    rolledBack: defineEvent('rollout.rolled-back.v1', RolledBack),
    refused: defineEvent('rollout.refused.v1', RolloutRefused),
    bypassed: defineEvent('rollout.bypassed.v1', Bypassed),
  },
  tasks: {
    /** Makes one execution the only one that steers a rollout: a new one from a request, or one that goes on. */
    openRollout: defineTask({
      env: defineEnv({
        ROLLOUT_TABLE: z.string(),
        REGISTRY_TABLE: z.string(),
        DEPLOYMENTS: z.string(),
        ROLLOUT_RULES: jsonEnv(RolloutRules),
      }),
      input: z.object({
        /** As it came off the bus: a request that cannot be read is an answer, not a failure. */
        request: z.unknown(),
        /** Of the event that brought the request. */
        event: z.string().nullable(),
        /** A rollout that goes on. */
        rollout: id.nullable(),
        execution: id,
      }),
      output: z.object({
        outcome: z.enum(['claimed', 'steered-by-another', 'over', 'refused', 'malformed']),
        rollout: id.nullable(),
        reasons: z.array(Reason),
      }),
      failures: [Throttled],
    }),
    /** Does all that changes the record alone, and says what else is next. The target is only looked at. */
    decideStep: defineTask({
      env: defineEnv({
        ...Tables,
        EVIDENCE_BUCKET: z.string(),
        TELEMETRY_TABLE: z.string(),
        DEPLOYMENTS: z.string(),
        MODEL_BUCKET: z.string(),
        KEY_SET_KEY_ARN: z.string(),
      }),
      input: z.object({
        rollout: id,
        execution: id,
        /** Admission's answer to what was asked last. */
        verdict: GivenVerdict.nullable(),
        /** A step that failed by name, as Lambda reported it. */
        failure: z.object({ error: z.string(), cause: z.string() }).nullable(),
      }),
      output: z.object({
        /** `rest`: it is held, and starts again when that changes. `lost`: another execution steers it, or nobody may. */
        next: z.enum(['admit', 'shift', 'wait', 'rest', 'over', 'lost']),
        seconds: z.int(),
        question: AdmissionQuestion.nullable(),
        state: z.string(),
      }),
      failures: [Throttled, ListUnreadable, EvidenceAltered, KeySetUnreadable, TargetUnusable, VerdictForged],
    }),
    /** The one task that moves traffic. */
    shiftTraffic: defineTask({
      env: defineEnv({ ...Tables, DEPLOYMENTS: z.string() }),
      input: z.object({ rollout: id, execution: id }),
      output: z.object({ outcome: z.enum(['settled', 'not-now']) }),
      failures: [Throttled, TargetUnusable],
    }),
  },
  reactors: {
    /** Scheduled, after the end of an execution, and after a hold or a human verb. */
    reconcileRollouts: defineReactor({
      env: defineEnv({
        ...Tables,
        TELEMETRY_TABLE: z.string(),
        DEPLOYMENTS: z.string(),
        WORKFLOW_ARN: z.string(),
        STAGE: z.string(),
      }),
    }),
    answerRollouts: defineReactor({
      env: defineEnv({ ...Tables, RECONCILER: z.string() }),
    }),
    /** Called by EventBridge with calls that CloudTrail tells of. */
    watchCalls: defineReactor({
      env: defineEnv({ ...Tables, REGISTRY_TABLE: z.string(), DEPLOYMENTS: z.string(), MODEL_BUCKET: z.string() }),
    }),
  },
} as const;

/** The rest stands in the record. */
export const TOLD_REASONS = 20;

export { Deployment, deploymentAddress, deploymentsPath, RolloutRules, Step } from './deployment.ts';
export { Judgement } from './judgement.ts';
export { RolloutState } from './record.ts';
export { firstRouting } from './routed-split.ts';
export { TARGET_CALLS } from './target-change.ts';
