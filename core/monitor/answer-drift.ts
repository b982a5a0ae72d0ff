import { holdsInScope } from '../hold/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import { type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import type { Stream } from '../telemetry/contract.ts';
import type { ModelHealth, StreamHealth } from './api.ts';
import { CheckName, CheckReport, type StreamMark } from './contract.ts';
import type { Checks, Failing, StandingHolds } from './ports.ts';

export type AnswerPorts = {
  readonly checks: Pick<Checks, 'marksOf' | 'failuresOf'>;
  readonly holds: StandingHolds;
  readonly evidence: EvidenceStore;
  readonly clock: Clock;
};

/** Older versions are told by their own reports. */
const SHOWN = 10;

const nameOf = ({ version, deployment }: Stream): string => `${version}/${deployment}`;

/** Checks that failed altogether after the last one that did not, or what that one could not judge. */
const failingOf = (mark: StreamMark | null, whole: Failing | undefined): StreamHealth['failing'] => {
  if (whole !== undefined && whole.since > (mark?.checkedAt ?? ''))
    return { since: whole.since, checks: [...CheckName.options], failure: whole.failure };
  const [first, ...others] = mark?.failed ?? [];
  if (first === undefined) return null;
  const { since, check, error, cause } = first;
  return { since, checks: [check, ...others.map((other) => other.check)], failure: { error, cause } };
};

/** How a model stands after its last checks; undefined for one that was never checked. */
export const answerDrift =
  ({ checks, holds, evidence, clock }: AnswerPorts) =>
  async (model: string): Promise<ModelHealth | undefined> => {
    const [marks, failures, list] = await Promise.all([checks.marksOf(model), checks.failuresOf(model), holds.list()]);
    const marked = new Map(marks.map((mark) => [nameOf(mark.stream), mark]));
    const failed = new Map(failures.map((failing) => [nameOf(failing.stream), failing]));
    const healthOf = async (name: string, stream: Stream): Promise<StreamHealth> => {
      const [mark = null, failing] = [marked.get(name), failed.get(name)];
      const report = mark?.report ?? null;
      return {
        stream,
        mark,
        report: report === null ? null : await readEvidence(evidence, report, CheckReport),
        failing: failingOf(mark, failing),
      };
    };
    const neverChecked = failures.filter(({ stream }) => !marked.has(nameOf(stream)));
    const newest = [...neverChecked, ...marks.toSorted((a, b) => (a.checkedAt < b.checkedAt ? 1 : -1))].slice(0, SHOWN);
    if (newest.length === 0) return undefined;
    const now = clock.now();
    const standing = marks.flatMap(({ stream, environment }) => holdsInScope(list, { ...stream, environment }, now));
    return {
      model,
      streams: await Promise.all(newest.map(({ stream }) => healthOf(nameOf(stream), stream))),
      holds: [...new Set(standing)],
    };
  };
