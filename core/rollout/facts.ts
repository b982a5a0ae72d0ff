import type { EventContract } from '../kernel/contract.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import type { Reason } from '../kernel/reason.ts';
import {
  type RolledBack,
  type RolloutCompleted,
  type RolloutPaused,
  type RolloutRefused,
  type RolloutResumed,
  type RolloutStarted,
  rollout,
  type StepShifted,
  TOLD_REASONS,
} from './contract.ts';
import { flightOf, type RolloutRecord } from './record.ts';
import type { Turn } from './transitions.ts';

const { events } = rollout;

/** One revision is one change, and one change has one fact at most. */
const base = (event: EventContract, record: RolloutRecord, now: Date) => ({
  id: factId(event, record.id, String(record.revision)),
  rollout: record.id,
  deployment: record.deployment,
  model: record.model,
  version: record.version,
  environment: record.environment,
  occurredAt: now.toISOString(),
  correlationId: record.correlationId,
});

const told = (reasons: readonly Reason[]) => ({
  reasons: reasons.slice(0, TOLD_REASONS),
  reasonCount: reasons.length,
});

const asFact = ({ type }: EventContract, detail: { id: string }): Fact => ({
  id: detail.id,
  type,
  detail: { ...detail },
});

export const startedFact = (record: RolloutRecord, now: Date): Fact => {
  const { root, tier, baseline, candidate, plan } = flightOf(record);
  const detail: RolloutStarted = {
    ...base(events.started, record, now),
    root,
    tier,
    baseline: baseline.id,
    candidate: candidate.id,
    shares: plan.steps.map(({ share }) => share),
  };
  return asFact(events.started, detail);
};

export const refusedFact = (record: RolloutRecord, reasons: readonly Reason[], now: Date): Fact => {
  const detail: RolloutRefused = { ...base(events.refused, record, now), ...told(reasons) };
  return asFact(events.refused, detail);
};

const shiftedFact = (record: RolloutRecord, now: Date): Fact | undefined => {
  if (record.intent?.way !== 'forward') return undefined;
  const { step, share } = record.intent;
  const steps = flightOf(record).plan.steps.length;
  const detail: StepShifted = { ...base(events.stepShifted, record, now), step, steps, share, from: record.share };
  return asFact(events.stepShifted, detail);
};

const endedFact = (record: RolloutRecord, { as, reasons }: Extract<Turn, { do: 'end' }>, now: Date): Fact => {
  const judged = record.judgement !== undefined && { judgement: record.judgement };
  if (as === 'completed') {
    const detail: RolloutCompleted = { ...base(events.completed, record, now), ...judged };
    return asFact(events.completed, detail);
  }
  const by = record.rollback?.by ?? { kind: 'signal', signal: 'rollout.evicted' };
  const detail: RolledBack = { ...base(events.rolledBack, record, now), by, ...told(reasons), ...judged };
  return asFact(events.rolledBack, detail);
};

/** What a turn of this record tells the world: most turns tell nothing. */
export const factOf = (record: RolloutRecord, turn: Turn, now: Date): Fact | undefined => {
  if (turn.do === 'confirm') return shiftedFact(record, now);
  if (turn.do === 'end') return endedFact(record, turn, now);
  if (turn.do === 'rest') {
    const detail: RolloutPaused = { ...base(events.paused, record, now), share: record.share, ...told(turn.because) };
    return asFact(events.paused, detail);
  }
  if (turn.do === 'resume') {
    const detail: RolloutResumed = { ...base(events.resumed, record, now), share: record.share };
    return asFact(events.resumed, detail);
  }
  return undefined;
};
