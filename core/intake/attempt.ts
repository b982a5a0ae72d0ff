import { z } from 'zod';
import { Reason } from '../kernel/reason.ts';
import { Answer, type Attempt, type AttemptStatus, type IntakeLimits } from './contract.ts';

/**
 * What the plane remembers of one attempt. Every change is a compare-and-swap on `revision`, so of two writers that
 * read the same record one reads again.
 *
 *     running ──▶ answered
 *      ▲   │
 *      │   ▼
 *     incomplete        (declared files are missing; anything that arrives, or the deadline, makes it run again)
 */
export const AttemptRecord = z.object({
  bucket: z.string(),
  model: z.string(),
  version: z.string(),
  id: z.string(),
  manifest: z.string(),
  revision: z.int(),
  status: z.enum(['running', 'incomplete', 'answered']),
  look: z.int(),
  tries: z.int(),
  firstSeenAt: z.iso.datetime(),
  /** Until when declared files may be missing. */
  deadline: z.iso.datetime(),
  /** The execution that works on it, and until when nobody else may. */
  owner: z.string().optional(),
  leaseUntil: z.iso.datetime().optional(),
  outcome: Answer.shape.outcome.optional(),
  answeredAt: z.iso.datetime().optional(),
  answer: z.string().optional(),
  reasons: z.array(Reason).max(20).default([]),
  reasonCount: z.int().default(0),
});
export type AttemptRecord = z.infer<typeof AttemptRecord>;

const after = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
const isPast = (instant: string | undefined, now: Date) => instant === undefined || instant <= now.toISOString();

/** When the sweeper has to look at it; answered attempts are never due. */
export const dueAt = (record: AttemptRecord): string | undefined => {
  if (record.status === 'answered') return undefined;
  return record.status === 'running' ? record.leaseUntil : record.deadline;
};

export type ClaimRequest = {
  bucket: string;
  model: string;
  version: string;
  manifest: string;
  id: string;
  execution: string;
  now: Date;
  leaseSeconds: number;
  limits: IntakeLimits;
};

export type Claim =
  | { outcome: 'claimed' | 'exhausted'; record: AttemptRecord }
  | { outcome: 'in-progress' | 'answered' };

const opened = (request: ClaimRequest): AttemptRecord => ({
  bucket: request.bucket,
  model: request.model,
  version: request.version,
  id: request.id,
  manifest: request.manifest,
  revision: 0,
  status: 'running',
  look: 0,
  tries: 0,
  firstSeenAt: request.now.toISOString(),
  deadline: after(request.now, request.limits.incompleteSeconds),
  reasons: [],
  reasonCount: 0,
});

/**
 * Who may work on an attempt now. The lease is as long as the workflow may run, so a lease that is over is the lease
 * of a workflow that is over: it gets no second one, or a call of a workflow that was stopped meanwhile would take the
 * attempt from the one that was started in its place.
 */
export const claim = (standing: AttemptRecord | undefined, request: ClaimRequest): Claim => {
  const { execution, now, leaseSeconds, limits } = request;
  const record = standing ?? opened(request);
  if (record.status === 'answered') return { outcome: 'answered' };
  const mine = record.owner === execution;
  const over = isPast(record.leaseUntil, now);
  if (record.status === 'running' && (mine ? over : !over)) return { outcome: 'in-progress' };
  const tries = record.status === 'incomplete' ? 1 : mine ? record.tries : record.tries + 1;
  const claimed: AttemptRecord = {
    ...record,
    status: 'running',
    owner: execution,
    leaseUntil: after(now, leaseSeconds),
    tries,
  };
  return { outcome: tries > limits.tries ? 'exhausted' : 'claimed', record: claimed };
};

/** Declared bytes are not there: the attempt rests, and the next look starts from nothing. */
export const rest = (record: AttemptRecord): AttemptRecord => {
  const { owner, leaseUntil, ...rested } = record;
  return { ...rested, status: 'incomplete', look: record.look + 1 };
};

const HOPELESS_PAUSE_SECONDS = 3600;

/** Its execution is known to be over. A record that keeps failing is looked at once an hour only. */
export const release = (record: AttemptRecord, now: Date, limits: IntakeLimits): AttemptRecord => ({
  ...record,
  leaseUntil: after(now, record.tries > limits.tries ? HOPELESS_PAUSE_SECONDS : 0),
});

const SHOWN_REASONS = 20;

export const settled = (record: AttemptRecord, answer: Answer, key: string): AttemptRecord => {
  const { owner, leaseUntil, ...rest } = record;
  return {
    ...rest,
    status: 'answered',
    outcome: answer.outcome,
    answeredAt: answer.answeredAt,
    answer: key,
    reasons: answer.reasons.slice(0, SHOWN_REASONS),
    reasonCount: answer.reasons.length,
  };
};

/** The attempt as the plane's API tells it. */
export const statusOf = (record: AttemptRecord): AttemptStatus => ({
  attempt: record.id,
  status: record.status,
  firstSeenAt: record.firstSeenAt,
  reasons: record.reasons,
  reasonCount: record.reasonCount,
  ...(record.outcome !== undefined && { outcome: record.outcome }),
  ...(record.answeredAt !== undefined && { answeredAt: record.answeredAt }),
  ...(record.answer !== undefined && { answer: record.answer }),
  ...(record.status === 'incomplete' && { deadline: record.deadline }),
});

/** The attempt as workflow state carries it. */
export const attemptOf = (record: AttemptRecord, now: Date): Attempt => ({
  bucket: record.bucket,
  model: record.model,
  version: record.version,
  id: record.id,
  manifest: record.manifest,
  look: record.look,
  lastLook: isPast(record.deadline, now),
});
