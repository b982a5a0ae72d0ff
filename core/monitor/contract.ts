import { z } from 'zod';
import { DriftReport, DriftSettings, DriftWindows, SchemaReport, SchemaSettings } from '../drift/contract.ts';
import { HoldEffect, HoldScope, HoldSeverity, ListUnreadable } from '../hold/contract.ts';
import { Signal } from '../kernel/actor.ts';
import { defineEnv, defineEvent, defineReactor, defineTask, jsonEnv } from '../kernel/contract.ts';
import { Digest } from '../kernel/digest.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { Throttled } from '../kernel/failures.ts';
import { DeploymentName, EnvironmentName, ModelId, VersionId } from '../kernel/identity.ts';
import { Reason } from '../kernel/reason.ts';
import { BurnReport, SloSettings } from '../slo/contract.ts';
import { Stream, streamPath } from '../telemetry/contract.ts';

/** The part of the stage configuration that a check reads. */
export const MonitorRules = z.strictObject({
  windows: DriftWindows.prefault({}),
  drift: DriftSettings.prefault({}),
  schema: SchemaSettings.prefault({}),
  slo: SloSettings.prefault({}),
  /** By risk tier: who is told when the inputs of a model change. A budget that burns says by itself how urgent it is. */
  severity: z
    .strictObject({
      light: HoldSeverity.default('ticket'),
      standard: HoldSeverity.default('ticket'),
      full: HoldSeverity.default('page'),
    })
    .prefault({}),
  lateMinutes: z
    .int()
    .min(0)
    .max(60)
    .default(15)
    .describe('after its end, until a window counts as complete: files come late, and hours are merged by a schedule'),
  silentMinutes: z
    .int()
    .min(5)
    .max(10_080)
    .nullable()
    .default(1440)
    .describe('without an inference event, until a deployment that had some counts as silent; null for never'),
  catchUp: z.int().min(1).max(48).default(24).describe('windows that a check makes up for after missed runs'),
});
export type MonitorRules = z.infer<typeof MonitorRules>;

/** One stream of inference events of a deployment that the plane knows, and what is to be checked of it. */
export const DueStream = z.object({
  stream: Stream,
  environment: EnvironmentName,
  /** Ends of the windows that nobody has checked yet, oldest first. */
  windows: z.array(z.iso.datetime()),
});
export type DueStream = z.infer<typeof DueStream>;

/** Pairs, since a feature may be named `__proto__`. */
const Indices = z.array(z.tuple([z.string(), z.number()]));

/** What one check of one window found: evidence, written once. */
export const CheckReport = z.object({
  reportVersion: z.literal(1),
  stream: Stream,
  environment: EnvironmentName,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Of the data set that was compared with; null for a version without one, of which no drift can be told. */
  baseline: Digest.nullable(),
  drift: DriftReport.nullable(),
  schema: SchemaReport,
  /** Indices that a person accepted by lifting a hold. */
  accepted: Indices,
});
export type CheckReport = z.infer<typeof CheckReport>;

/** What burnt at one moment: evidence, written once, and only where a budget burns. */
export const BurnEvidence = z.object({
  reportVersion: z.literal(1),
  stream: Stream,
  environment: EnvironmentName,
  at: z.iso.datetime(),
  objectives: z.array(BurnReport),
});

export const CheckSignal = z.enum(['drift.feature-shifted', 'drift.schema-broken', 'slo.budget-burning']);
export type CheckSignal = z.infer<typeof CheckSignal>;

/** Something that is wrong with a stream, with the numbers. */
export const Wrong = z.object({ signal: CheckSignal, reasons: z.array(Reason) });
export type Wrong = z.infer<typeof Wrong>;

/** How a step failed, as Step Functions tells it. */
export const StepFailure = z.object({ error: z.string(), cause: z.string() });
export type StepFailure = z.infer<typeof StepFailure>;

/** What is judged of a stream, each by itself. */
export const CheckName = z.enum(['drift', 'schema', 'slo']);
export type CheckName = z.infer<typeof CheckName>;

/** What could not be judged, since when, and why. */
export const FailedCheck = StepFailure.extend({ check: CheckName, since: z.iso.datetime() });
export type FailedCheck = z.infer<typeof FailedCheck>;

/** How a stream stands after its last check. */
export const StreamMark = z.object({
  stream: Stream,
  environment: EnvironmentName,
  /** When the check was due, not when it ran: a run that comes late is no news. */
  checkedAt: z.iso.datetime(),
  /** End of the last window that was checked. */
  to: z.iso.datetime().nullable(),
  /** End of the last one whose schema was: later, while drift cannot be judged. */
  schemaTo: z.iso.datetime().nullable().default(null),
  report: EvidenceRef.nullable(),
  wrong: z.array(Wrong),
  /** Indices of what has drifted, and of what a person accepted. */
  drifted: Indices,
  accepted: Indices,
  objectives: z.array(BurnReport),
  /** The largest index as a share of its limit. */
  worst: z.number(),
  /** What this check could not judge; of it the rest of the mark says what was known before. */
  failed: z.array(FailedCheck).default([]),
});
export type StreamMark = z.infer<typeof StreamMark>;

/** A hold that a check asks for, as `hold.placeHold` takes it. */
export const RequestedHold = z.object({
  scope: HoldScope,
  deployment: DeploymentName,
  effect: HoldEffect,
  severity: HoldSeverity,
  reason: Reason,
  evidence: z.array(EvidenceRef),
  runbook: z.string(),
  placedBy: Signal,
});
export type RequestedHold = z.infer<typeof RequestedHold>;

/** However it is written: as text, one moment has one form. */
const Moment = z.iso.datetime().transform((moment) => new Date(moment).toISOString());

const fact = {
  id: z.string(),
  model: ModelId,
  version: VersionId,
  deployment: DeploymentName,
  environment: EnvironmentName,
  occurredAt: z.iso.datetime(),
  correlationId: z.string(),
};

/** Told when something begins or ends to be wrong with a stream; in between there is no news. */
export const VerdictChanged = z.object({
  ...fact,
  began: z.array(CheckSignal),
  ended: z.array(CheckSignal),
  /** All that is wrong now. */
  signals: z.array(CheckSignal),
  reasons: z.array(Reason),
  reasonCount: z.int(),
  report: EvidenceRef.optional(),
});
export type VerdictChanged = z.infer<typeof VerdictChanged>;

/** Told once, until it gets through again: this is not watched of the stream. */
export const CheckFailed = z.object({ ...fact, checks: z.array(CheckName), error: z.string(), cause: z.string() });
export type CheckFailed = z.infer<typeof CheckFailed>;

/** The rest stands in the report. */
export const TOLD_REASONS = 20;

export const monitor = {
  events: {
    verdictChanged: defineEvent('monitor.verdict-changed.v1', VerdictChanged),
    checkFailed: defineEvent('monitor.check-failed.v1', CheckFailed),
  },
  tasks: {
    /** Deployed models whose traffic was seen, with the windows that were not checked yet. References only. */
    listStreams: defineTask({
      env: defineEnv({
        MONITOR_TABLE: z.string(),
        TELEMETRY_TABLE: z.string(),
        DEPLOYMENTS: z.string(),
        MONITOR_RULES: jsonEnv(MonitorRules),
        STAGE: z.string(),
      }),
      input: z.object({ scheduledAt: Moment }),
      output: z.object({
        streams: z.array(DueStream),
        unknown: z.int(),
        left: z.int(),
        silent: z.array(DeploymentName),
      }),
      failures: [Throttled],
    }),
    checkStream: defineTask({
      env: defineEnv({
        MONITOR_TABLE: z.string(),
        HOLD_TABLE: z.string(),
        REGISTRY_TABLE: z.string(),
        TELEMETRY_TABLE: z.string(),
        TELEMETRY_BUCKET: z.string(),
        EVIDENCE_BUCKET: z.string(),
        OBJECTIVES: z.string(),
        MONITOR_RULES: jsonEnv(MonitorRules),
      }),
      input: z.object({
        stream: Stream,
        environment: EnvironmentName,
        windows: z.array(z.iso.datetime()),
        scheduledAt: Moment,
      }),
      output: z.object({
        /** `known`: a run that was due later has checked this stream. */
        outcome: z.enum(['well', 'bad', 'known']),
        holds: z.array(RequestedHold),
        mark: StreamMark.nullable(),
      }),
      failures: [Throttled, ListUnreadable],
    }),
    /** After the holds stand, so that a run that dies in between is made up for. */
    recordCheck: defineTask({
      env: defineEnv({ MONITOR_TABLE: z.string(), STAGE: z.string() }),
      input: z.object({
        stream: Stream,
        environment: EnvironmentName,
        scheduledAt: Moment,
        mark: StreamMark.nullable(),
        failure: StepFailure.nullable(),
      }),
      output: z.object({
        /** `incomplete`: recorded, and something could not be judged. */
        outcome: z.enum(['recorded', 'incomplete', 'known']),
      }),
      failures: [Throttled],
    }),
  },
  reactors: {
    answerDrift: defineReactor({
      env: defineEnv({ MONITOR_TABLE: z.string(), HOLD_TABLE: z.string(), EVIDENCE_BUCKET: z.string() }),
    }),
  },
  keys: {
    report: (stream: Stream, to: string) => `monitor/${streamPath(stream)}/${to}.json`,
    /** Of a window whose drift could not be judged. */
    schemaReport: (stream: Stream, to: string) => `monitor/${streamPath(stream)}/schema-${to}.json`,
    burn: (stream: Stream, at: string) => `monitor/${streamPath(stream)}/burn-${at}.json`,
  },
} as const;

/** Path in SSM of the objectives of a stage, in as many parameters as they need. */
export const objectivesPath = (stage: string): string => `/clearance/${stage}/objectives`;

export const RUNBOOKS: Readonly<Record<CheckSignal, string>> = {
  'drift.feature-shifted': 'drift#a-feature-shifted',
  'drift.schema-broken': 'drift#the-schema-broke',
  'slo.budget-burning': 'slo#the-budget-burns',
};
