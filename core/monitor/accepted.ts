import { type Hold, type HoldList, holdsInScope } from '../hold/contract.ts';
import type { EnvironmentName } from '../kernel/identity.ts';
import type { Stream } from '../telemetry/contract.ts';
import type { CheckSignal, StreamMark } from './contract.ts';

const isOurs = ({ placedBy, deployment }: Hold, signal: CheckSignal, stream: Stream): boolean =>
  placedBy.kind === 'signal' && placedBy.signal === signal && deployment === stream.deployment;

/**
 * Indices that a person accepted, by name. Whoever lifts the hold of a drift that goes on has seen its numbers and says
 * that they may stand; without this the next check would place the same hold again.
 */
export const acceptedNow = (
  before: StreamMark,
  holds: HoldList,
  environment: EnvironmentName,
  now: Date,
): Map<string, number> => {
  const { stream, drifted, accepted } = before;
  const standing = holdsInScope(holds, { ...stream, environment }, now).some((hold) =>
    isOurs(hold, 'drift.feature-shifted', stream),
  );
  return new Map([...accepted, ...(standing ? [] : drifted)]);
};
