import type { z } from 'zod';
import { Throttled } from '../kernel/failures.ts';
import { type Measure, metrics } from '../kernel/metrics.ts';
import { CheckName, type monitor, type StepFailure, type StreamMark } from './contract.ts';
import { checkFailedFact, newlyFailedFacts, verdictChangedFact } from './facts.ts';
import type { Checks } from './ports.ts';

type Task = typeof monitor.tasks.recordCheck;
type Input = z.output<Task['input']>;
type Recorded = z.input<Task['output']>;

export type RecordPorts = { readonly checks: Pick<Checks, 'mark' | 'swap' | 'fail'>; readonly measure: Measure };

const SWAPS = 4;
const LONGEST_CAUSE = 500;

/** Lambda wraps what was thrown in JSON, with a stack that tells a reader of events nothing. */
const causeOf = (cause: string): string => {
  const [, message] = /"errorMessage":"((?:[^"\\]|\\.)*)"/.exec(cause) ?? [];
  return (message ?? cause).slice(0, LONGEST_CAUSE).toWellFormed();
};

const measureCheck = (measure: Measure, { worst, objectives, failed }: StreamMark): void => {
  if (failed.length > 0) measure(metrics.checksFailed, 1);
  else measure(metrics.checksDone, 1);
  measure(metrics.driftWorst, worst);
  const rates = objectives.flatMap(({ tiers }) => tiers.map(({ factor, long }) => long.rate / factor));
  measure(metrics.burnWorst, Math.max(0, ...rates));
  const slowly = objectives.filter(({ outcome, pausesRollouts }) => outcome === 'burning' && !pausesRollouts);
  measure(metrics.budgetsBurningSlowly, slowly.length);
};

const recordMark = async ({ checks, measure }: RecordPorts, mark: StreamMark): Promise<Recorded> => {
  for (let swap = 0; swap < SWAPS; swap++) {
    const before = await checks.mark(mark.stream);
    if (before !== undefined && before.checkedAt >= mark.checkedAt) return { outcome: 'known' };
    const changed = verdictChangedFact(before, mark);
    const facts = [...(changed === undefined ? [] : [changed]), ...newlyFailedFacts(before, mark)];
    if (!(await checks.swap(mark, before?.checkedAt, facts))) continue;
    measureCheck(measure, mark);
    return { outcome: mark.failed.length > 0 ? 'incomplete' : 'recorded' };
  }
  throw new Throttled('the mark of this stream kept changing under us');
};

/**
 * Keeps how a stream stands, with the fact if that is news; or that it could not be checked, so that a model which
 * nobody watches is not taken for one that is well.
 * @throws Throttled
 */
export const recordCheck =
  (ports: RecordPorts) =>
  async ({ stream, environment, scheduledAt, mark, failure }: Input): Promise<Recorded> => {
    if (mark !== null) return recordMark(ports, mark);
    if (failure === null) return { outcome: 'known' };
    const standing = await ports.checks.mark(stream);
    if (standing !== undefined && standing.checkedAt >= scheduledAt) return { outcome: 'known' };
    const told: StepFailure = { error: failure.error, cause: causeOf(failure.cause) };
    ports.measure(metrics.checksFailed, 1);
    const fact = checkFailedFact({ stream, environment, at: scheduledAt, checks: CheckName.options }, told);
    const isNew = await ports.checks.fail({ stream, since: scheduledAt, failure: told }, standing?.checkedAt, fact);
    return { outcome: isNew ? 'recorded' : 'known' };
  };
