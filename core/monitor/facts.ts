import { type Fact, factId } from '../kernel/fact.ts';
import type { EnvironmentName } from '../kernel/identity.ts';
import type { Stream } from '../telemetry/contract.ts';
import {
  type CheckFailed,
  type CheckName,
  type CheckSignal,
  type FailedCheck,
  monitor,
  type StepFailure,
  type StreamMark,
  TOLD_REASONS,
  type VerdictChanged,
} from './contract.ts';

const identityOf = ({ model, version, deployment }: Stream, at: string) => [model, version, deployment, at];

const signalsOf = (mark: StreamMark | undefined): CheckSignal[] => mark?.wrong.map(({ signal }) => signal) ?? [];

/** The fact that a mark comes with, if it says anything else than the one before. */
export const verdictChangedFact = (before: StreamMark | undefined, mark: StreamMark): Fact | undefined => {
  const [were, are] = [signalsOf(before), signalsOf(mark)];
  const began = are.filter((signal) => !were.includes(signal));
  const ended = were.filter((signal) => !are.includes(signal));
  if (began.length + ended.length === 0) return undefined;
  const event = monitor.events.verdictChanged;
  const reasons = mark.wrong.flatMap((wrong) => wrong.reasons);
  const detail: VerdictChanged = {
    id: factId(event, ...identityOf(mark.stream, mark.checkedAt)),
    ...mark.stream,
    environment: mark.environment,
    occurredAt: mark.checkedAt,
    correlationId: identityOf(mark.stream, mark.checkedAt).join('/'),
    began,
    ended,
    signals: are,
    reasons: reasons.slice(0, TOLD_REASONS),
    reasonCount: reasons.length,
    ...(mark.report !== null && { report: mark.report }),
  };
  return { id: detail.id, type: event.type, detail };
};

type Failed = {
  readonly stream: Stream;
  readonly environment: EnvironmentName;
  readonly at: string;
  readonly checks: readonly CheckName[];
};

export const checkFailedFact = ({ stream, environment, at, checks }: Failed, { error, cause }: StepFailure): Fact => {
  const event = monitor.events.checkFailed;
  const detail: CheckFailed = {
    id: factId(event, ...identityOf(stream, at), ...checks),
    ...stream,
    environment,
    occurredAt: at,
    correlationId: identityOf(stream, at).join('/'),
    checks: [...checks],
    error,
    cause,
  };
  return { id: detail.id, type: event.type, detail };
};

const causeOf = ({ error, cause }: FailedCheck): string => `${error}: ${cause}`;

/** What can be judged no more since this mark: one fact for each cause, however many checks it stops. */
export const newlyFailedFacts = (before: StreamMark | undefined, mark: StreamMark): Fact[] => {
  const { stream, environment, checkedAt: at } = mark;
  const newly = mark.failed.filter(({ check }) => !before?.failed.some((failed) => failed.check === check));
  const causes = new Map(newly.map((failed) => [causeOf(failed), failed]));
  return [...causes].map(([cause, failure]) => {
    const checks = newly.filter((failed) => causeOf(failed) === cause).map(({ check }) => check);
    return checkFailedFact({ stream, environment, at, checks }, failure);
  });
};
