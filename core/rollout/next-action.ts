import { type Hold, type HoldList, holdsInScope } from '../hold/contract.ts';
import { type Reason, show } from '../kernel/reason.ts';
import { evicts } from './bypass.ts';
import { SHARE_PRECISION, shareOn } from './declared-split.ts';
import { judge } from './judge.ts';
import type { Judgement, Window } from './judgement.ts';
import type { Standing } from './ports.ts';
import { flightOf, type Intent, isOver, type RolloutRecord, stampOf } from './record.ts';

/** What there is to see from outside of the record, at one moment. */
export type World = {
  readonly now: Date;
  /** Without a list nothing moves on, and nothing is evicted. */
  readonly holds: HoldList | 'unreadable';
  /** The target as it stood when the record was read, or nothing if this actor cannot say. */
  readonly standing?: Standing | undefined;
  /** Since the step began; empty unless the step is baking. */
  readonly windows: readonly Window[];
};

/** What the plane cannot decide by itself. */
export type AskSignal = 'rollout.not-enough-data' | 'rollout.target-moved';

export type Action =
  /** It is over. */
  | { readonly do: 'nothing' }
  | { readonly do: 'admit'; readonly step: number }
  | { readonly do: 'intend'; readonly way: Intent['way']; readonly step: number; readonly share: number }
  /** The newest intent waits to be made true. */
  | { readonly do: 'shift' }
  /** It has come true. */
  | { readonly do: 'confirm' }
  /** Somebody else moved the target: the intent no longer is the next thing to do. */
  | { readonly do: 'withdraw' }
  | { readonly do: 'promote'; readonly judgement?: Judgement | undefined }
  /** From here on the only way is back. */
  | {
      readonly do: 'recall';
      readonly signal: string;
      readonly reasons: readonly Reason[];
      readonly judgement?: Judgement;
    }
  /** A human has to decide: place a hold. */
  | { readonly do: 'ask'; readonly signal: AskSignal; readonly reason: Reason }
  | { readonly do: 'rest'; readonly because: readonly Reason[] }
  /** It rests, and nothing has changed that. */
  | { readonly do: 'keep-resting' }
  /** `assert`: the split is to be written again, since somebody else changed it. */
  | { readonly do: 'resume'; readonly assert: boolean }
  | { readonly do: 'end'; readonly as: 'completed' | 'rolled-back'; readonly reasons: readonly Reason[] }
  | { readonly do: 'wait'; readonly seconds: number; readonly judgement?: Judgement | undefined };

export const heldBy = (hold: Hold): Reason => ({
  rule: 'rollout.held',
  message: `hold ${hold.id}: ${hold.reason.message}`,
  found: hold.reason.rule,
  fix: 'Lift the hold when its reason is gone.',
});

const unreadable: Reason = {
  rule: 'rollout.holds-unreadable',
  message: 'the list of holds cannot be read, and what cannot be read is not empty',
};

const moved = (standing: Standing): Reason => ({
  rule: 'rollout.target-moved',
  message: 'somebody else changed what the target serves',
  found: show({ primary: standing.primary.id, canary: standing.canary?.backend.id, share: standing.canary?.share }),
  fix: 'Lift the hold to have the split of the rollout restored, or put the target back before you do.',
});

const starved = (judgement: Judgement): Reason => ({
  rule: 'rollout.not-enough-data',
  message: `${judgement.requests.canary} requests were too few to judge the canary by`,
  found: judgement.reasons.map(({ rule, found }) => `${rule} ${found}`).join(', '),
  fix: 'Lift the hold to wait longer, or roll back.',
});

const isMoved = (standing: Standing, record: RolloutRecord): boolean => {
  const share = shareOn(standing, record);
  return share === undefined || Math.abs(share - record.share) > SHARE_PRECISION;
};

/** Whether somebody took traffic off by hand: the candidate has less than this share, or something else has it all. */
const isBelow = (standing: Standing | undefined, record: RolloutRecord, share: number): boolean => {
  if (standing === undefined) return false;
  const served = shareOn(standing, record);
  return served === undefined || served < share - SHARE_PRECISION;
};

type Will = {
  /** Why traffic has to leave. */
  readonly evict: readonly Reason[];
  /** Why nothing may move on. */
  readonly stop: readonly Reason[];
  /** Whether only holds say so. */
  readonly heldOnly: boolean;
};

/** What people and holds want of it. */
const willOf = (record: RolloutRecord, { holds, now }: World): Will => {
  const inScope = holds === 'unreadable' ? [] : holdsInScope(holds, record, now);
  const pause = record.pause === undefined ? [] : [record.pause.reason];
  const closed = holds === 'unreadable' ? [unreadable] : [];
  return {
    evict: inScope.filter((hold) => evicts(hold, record.deployment)).map(heldBy),
    stop: [...pause, ...closed, ...inScope.map(heldBy)],
    heldOnly: pause.length === 0 && closed.length === 0,
  };
};

const shareAt = (record: RolloutRecord, step: number): number => flightOf(record).plan.steps[step]?.share ?? 0;
const takeBack: Action = { do: 'intend', way: 'back', step: -1, share: 0 };

const stayAs = ({ step, share }: RolloutRecord): Action => ({ do: 'intend', way: 'stay', step, share });

/** The yes that an intent was written on may run out before the target takes the shift. */
const isAdmitted = ({ verdict }: RolloutRecord, now: Date): boolean =>
  verdict !== undefined && new Date(verdict.expiresAt) > now;

/**
 * Every intent that may have reached the target is followed to its end, or overtaken by a newer one that does. What
 * somebody took off by hand is not put back while anything says stop. It need not be overtaken: a shift that was decided
 * before the target was changed is refused there.
 */
const settle = (record: RolloutRecord, intent: Intent, will: Will, { standing, now }: World): Action => {
  if (standing?.stamp === stampOf(record, intent)) return { do: 'confirm' };
  if (record.rollback !== undefined && intent.share !== 0) return takeBack;
  const share = intent.way === 'forward' ? record.share : intent.share;
  if (record.rollback === undefined && will.stop.length > 0 && isBelow(standing, record, share))
    return { do: 'withdraw' };
  if (intent.way !== 'forward') return { do: 'shift' };
  if (will.stop.length > 0) return stayAs(record);
  if (standing !== undefined && isMoved(standing, record)) return { do: 'withdraw' };
  return isAdmitted(record, now) ? { do: 'shift' } : stayAs(record);
};

/** A Standard execution keeps 25,000 events, and each look takes about ten. */
const LOOKS = 300;

const secondsSince = (instant: string | undefined, now: Date): number =>
  instant === undefined ? 0 : (now.getTime() - new Date(instant).getTime()) / 1000;

const look = (record: RolloutRecord, { now, windows }: World): Action => {
  const { plan } = flightOf(record);
  const { bakeSeconds } = plan.steps[record.step] ?? { bakeSeconds: 0 };
  if (bakeSeconds === 0) return { do: 'promote' };
  const elapsedSeconds = secondsSince(record.stepAt, now);
  const { availability, steps, judge: rules } = plan;
  const trial = { windows, rules, steps: steps.length, availability, elapsedSeconds, bakeSeconds };
  const judgement = judge({ ...trial, reference: record.reference });
  if (judgement.verdict === 'fail')
    return { do: 'recall', signal: 'rollout.judged-worse', reasons: judgement.reasons, judgement };
  const every = Math.max(plan.lookSeconds, Math.ceil(bakeSeconds / LOOKS));
  if (elapsedSeconds < bakeSeconds)
    return { do: 'wait', seconds: Math.max(1, Math.min(every, Math.ceil(bakeSeconds - elapsedSeconds))), judgement };
  if (judgement.verdict === 'pass') return { do: 'promote', judgement };
  if (secondsSince(record.deadlineAt, now) >= 0 && record.deadlineAt !== undefined)
    return { do: 'ask', signal: 'rollout.not-enough-data', reason: starved(judgement) };
  return { do: 'wait', seconds: every, judgement };
};

/** Up to the next step, with a yes that is for that step and still stands. */
const goOn = (record: RolloutRecord, { now }: World): Action => {
  const next = record.step + 1;
  if (next >= flightOf(record).plan.steps.length) return { do: 'end', as: 'completed', reasons: [] };
  const { verdict } = record;
  if (verdict?.step !== next || new Date(verdict.expiresAt) <= now) return { do: 'admit', step: next };
  return { do: 'intend', way: 'forward', step: next, share: shareAt(record, next) };
};

/** A rollout without traffic is over as soon as it is to go back. What somebody gave it by hand is traffic too. */
const goBack = (record: RolloutRecord, { standing }: World): Action => {
  const isServed = standing !== undefined && (shareOn(standing, record) ?? 0) > 0;
  if (record.share > 0 || isServed) return takeBack;
  return { do: 'end', as: 'rolled-back', reasons: record.rollback?.reasons ?? [] };
};

/** Traffic that somebody took off comes back with a yes of its own, like any other that a rollout gives. */
const restart = (record: RolloutRecord, { standing, now }: World, isElsewhere: boolean): Action => {
  const step = Math.max(0, record.step);
  const isGiven = record.verdict?.step === step && isAdmitted(record, now);
  if (isElsewhere && !isGiven && isBelow(standing, record, record.share)) return { do: 'admit', step };
  return { do: 'resume', assert: isElsewhere };
};

const admitFirst: Action = { do: 'admit', step: 0 };

/**
 * What is to be done next about a rollout, by whoever asks: a task of its workflow or the reconciler. It depends on the
 * record and the world alone, so that it does not matter who died before. Going back comes before stopping, stopping
 * before moving on; an eviction needs a hold that was read, and an unreadable list only stops.
 */
export const nextAction = (record: RolloutRecord, world: World): Action => {
  if (isOver(record)) return { do: 'nothing' };
  const will = willOf(record, world);
  if (will.evict.length > 0 && record.rollback === undefined && record.phase !== 'requested')
    return { do: 'recall', signal: 'rollout.evicted', reasons: will.evict };
  if (record.intent !== undefined) return settle(record, record.intent, will, world);
  if (record.rollback !== undefined) return goBack(record, world);
  if (record.pause?.retreat === true && record.step > record.safe) {
    const share = shareAt(record, record.safe);
    if (!isBelow(world.standing, record, share)) return { do: 'intend', way: 'back', step: record.safe, share };
  }
  // On arrival, holds are admission's to answer: a request is refused with every reason there is.
  const stops = record.phase === 'requested' && will.heldOnly ? [] : will.stop;
  if (stops.length > 0) return record.held === undefined ? { do: 'rest', because: stops } : { do: 'keep-resting' };
  const isElsewhere = world.standing !== undefined && isMoved(world.standing, record);
  if (record.held !== undefined) return restart(record, world, isElsewhere);
  if (record.phase === 'requested') return admitFirst;
  if (world.standing !== undefined && isElsewhere)
    return { do: 'ask', signal: 'rollout.target-moved', reason: moved(world.standing) };
  return record.step === record.safe ? goOn(record, world) : look(record, world);
};

/** Whether the next action depends on what the streams saw. */
export const isBaking = (record: RolloutRecord): boolean =>
  record.phase === 'underway' && record.intent === undefined && record.step > record.safe;
