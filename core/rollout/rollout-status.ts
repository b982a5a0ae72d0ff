import type { RolloutStatus } from './api.ts';
import { type RolloutRecord, stateOf } from './record.ts';

/** The rollout as the plane's API tells it. */
export const statusOf = (record: RolloutRecord): RolloutStatus => ({
  rollout: record.id,
  deployment: record.deployment,
  model: record.model,
  version: record.version,
  environment: record.environment,
  state: stateOf(record),
  requestedAt: record.requestedAt,
  ...(record.requestedBy !== undefined && { requestedBy: record.requestedBy }),
  share: record.share,
  step: record.step + 1,
  steps: record.flight?.plan.steps ?? [],
  ...(record.intent !== undefined && { shiftingTo: record.intent.share }),
  ...(record.judgement !== undefined && { judgement: record.judgement }),
  ...(record.pause !== undefined && {
    pause: { by: record.pause.by, at: record.pause.at, reason: record.pause.reason },
  }),
  ...(record.rollback !== undefined && { rollback: record.rollback }),
  reasons: record.reasons ?? record.held?.because ?? [],
  ...(record.endedAt !== undefined && { endedAt: record.endedAt }),
  ...(record.owner !== undefined && { execution: record.owner }),
});
