import { readdirSync, readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { AdmissionRules } from '../core/admission/contract.ts';
import { BucketName } from '../core/data-set/bucket-name.ts';
import { GateRules } from '../core/gates/contract.ts';
import { IntakeLimits } from '../core/intake/contract.ts';
import { show } from '../core/kernel/reason.ts';
import { MonitorRules } from '../core/monitor/contract.ts';
import { RolloutRules } from '../core/rollout/contract.ts';
import { KeyRules } from '../core/signing/contract.ts';
import { SloDocument } from '../core/slo/slo-document.ts';
import { CaptureLimits, Retention } from '../core/telemetry/contract.ts';
import { VerificationRules } from '../core/verification/contract.ts';
import { fromPackageRoot } from './platform/package-root.ts';

const Seconds = z.int().min(60);
const logDays = Object.values(RetentionDays).filter(
  (days): days is number => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
/** Oldest first. A number that was used is never used again: it names a key. */
const KeyNumbers = z
  .array(z.int().min(1).max(999))
  .min(1)
  .max(5)
  .refine((numbers) => numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0)), {
    message: 'ascending numbers, each once',
  })
  .default([1]);
const Emails = z.array(z.email()).max(20).default([]);

/** One installed plane: everything about it that a platform team decides. */
export const StageConfig = z
  .strictObject({
    $schema: z.string().optional(),
    stage: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,19}$/, 'expected up to 20 lower-case letters, digits and hyphens')
      .describe('part of the names of the stack, the bus, the key alias and the SSM parameter'),
    removal: z
      .enum(['retain', 'destroy'])
      .default('retain')
      .describe('what becomes of buckets, tables, keys and logs when they leave the template'),
    architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
    logDays: z.literal(logDays).default(90).describe('days that logs are kept'),
    intake: z
      .strictObject({
        limits: IntakeLimits.prefault({}),
        timeoutSeconds: Seconds.max(86_400).default(3600).describe('after which a workflow is given up'),
        leaseSeconds: Seconds.max(90_000)
          .default(3900)
          .describe('after which an attempt is taken from a dead workflow'),
        sweepMinutes: z.int().min(1).max(60).default(1).describe('between two looks for attempts nobody works on'),
      })
      .prefault({})
      .refine(({ leaseSeconds, timeoutSeconds }) => leaseSeconds > timeoutSeconds, {
        path: ['leaseSeconds'],
        message: 'more than intake.timeoutSeconds, or an attempt is taken from a workflow that still runs',
      }),
    gates: GateRules.prefault({}),
    telemetry: z
      .strictObject({
        captures: CaptureLimits.prefault({}),
        retention: Retention.prefault({}),
        baselineBuckets: z
          .array(BucketName)
          .max(20)
          .default([])
          .describe('from which baselines are taken, beside the upload itself'),
        rollUpMinutes: z.int().min(1).max(60).default(5).describe('between two merges of windows into hours and days'),
        summariseSeconds: z.int().min(10).max(900).default(900).describe('that one capture file may take'),
      })
      .prefault({})
      .refine(({ captures, retention }) => captures.pastMinutes <= (retention.minuteDays - 1) * 24 * 60, {
        path: ['captures', 'pastMinutes'],
        message: 'at least a day less than telemetry.retention.minuteDays, or events come when their minutes expire',
      }),
    monitor: z
      .strictObject({
        everyMinutes: z
          .literal([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60])
          .default(5)
          .describe('between two checks; a window is checked once, error budgets every time'),
        settleSeconds: z
          .int()
          .min(0)
          .max(50)
          .default(30)
          .describe('from the minute to the check: capture files of it are on their way'),
        rules: MonitorRules.prefault({}),
        objectives: z.array(SloDocument).max(500).default([]).describe('SLOs as OpenSLO v1 writes them'),
      })
      .prefault({}),
    admission: AdmissionRules.prefault({}),
    rollout: RolloutRules.prefault({}),
    signing: KeyRules.extend({
      keys: KeyNumbers.describe(
        'KMS keys that sign, by number, oldest first: the last one does, a further number is a new key',
      ),
      keysForSets: KeyNumbers.describe('KMS keys that seal the list of keys, by number, oldest first: all of them do'),
    }).prefault({}),
    verification: VerificationRules.extend({
      everyMinutes: z
        .int()
        .min(1)
        .max(1440)
        .default(15)
        .describe('between two runs that look at registered versions again'),
    }).prefault({}),
    evidence: z
      .strictObject({
        lockDays: z.int().min(0).max(36_500).default(365).describe('days that evidence cannot be deleted; 0 for none'),
      })
      .prefault({}),
    audit: z
      .strictObject({
        lockDays: z.int().min(0).max(36_500).default(3650).describe('days that the log cannot be deleted; 0 for none'),
        lockMode: z
          .enum(['governance', 'compliance'])
          .default('governance')
          .describe('compliance: nobody can lift the lock, the owner of the account included'),
      })
      .prefault({}),
    security: z
      .strictObject({
        securityHub: z
          .boolean()
          .default(false)
          .describe('gives security findings to Security Hub, which has to be enabled'),
      })
      .prefault({}),
    alarms: z
      .strictObject({
        pageEmails: Emails,
        ticketEmails: Emails,
        everyMinutes: z.int().min(1).max(60).default(5).describe('over which failures are counted for an alarm'),
      })
      .prefault({}),
  })
  .refine(({ removal, evidence }) => removal === 'destroy' || evidence.lockDays > 0, {
    path: ['evidence', 'lockDays'],
    message: '1 or more in a stage that retains its data',
  })
  .refine(({ removal, audit }) => removal === 'destroy' || audit.lockDays > 0, {
    path: ['audit', 'lockDays'],
    message: '1 or more in a stage that retains its data',
  });
export type StageConfig = z.output<typeof StageConfig>;
export type StageInput = z.input<typeof StageConfig>;

type Path = readonly PropertyKey[];
const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);

/** The names that an object of the configuration may have, as its published schema lists them. */
const namesAt = (path: Path): string => {
  const schema = z.toJSONSchema(StageConfig, { io: 'input', unrepresentable: 'any' });
  const inner = path.reduce<unknown>((outer, key) => at(outer, ['properties', key]), schema);
  return Object.keys((at(inner, ['properties']) as object | undefined) ?? {}).join(', ');
};

const sentence = (issue: z.core.$ZodIssue, input: unknown): string[] => {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) => `${[...issue.path, key].join('.')}: no such setting; allowed: ${namesAt(issue.path)}`,
    );
  const allowed = issue.message.replace(/^(?:Invalid (?:input|option)|Too (?:small|big)): /, '');
  return [`${issue.path.join('.') || 'stage'}: found ${show(at(input, issue.path))}; allowed: ${allowed}`];
};

/**
 * The configuration of a stage.
 * @throws naming every wrong setting, what was found and what is allowed
 */
export const parseStage = (input: unknown, origin: string): StageConfig => {
  const parsed = StageConfig.safeParse(input);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.flatMap((issue) => sentence(issue, input)).map((line) => `  ${line}`);
  throw new Error([`${origin} is not a stage configuration:`, ...lines].join('\n'));
};

const DEFAULT_STAGE = 'dev';

const stageFile = (name: string): unknown => {
  const known = readdirSync(fromPackageRoot('stages')).map((file) => file.replace(/\.json$/, ''));
  if (known.includes(name)) return JSON.parse(readFileSync(fromPackageRoot('stages', `${name}.json`), 'utf8'));
  throw new Error(`stage: found ${show(name)}; allowed: ${known.join(', ')} (a file in stages/), or a JSON object`);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const overlay = (base: unknown, over: unknown): unknown =>
  isObject(base) && isObject(over)
    ? { ...base, ...Object.fromEntries(Object.entries(over).map(([key, value]) => [key, overlay(base[key], value)])) }
    : over;

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`stage: found ${show(text)}; allowed: a name or a JSON object`);
  }
};

/**
 * The stage that `-c stage=…` asks for: the name of a file in stages/, or a JSON object laid over stages/dev.json.
 * Without it, dev.
 */
export const stageFromContext = (context: unknown): StageConfig => {
  const asked = context ?? DEFAULT_STAGE;
  const laid = typeof asked === 'string' && asked.trim().startsWith('{') ? parsedJson(asked) : asked;
  if (isObject(laid)) return parseStage(overlay(stageFile(DEFAULT_STAGE), laid), 'The context value "stage"');
  if (typeof laid !== 'string') throw new Error(`stage: found ${show(laid)}; allowed: a name or a JSON object`);
  return parseStage(stageFile(laid), `stages/${laid}.json`);
};
