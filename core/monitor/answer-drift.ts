import { holdsInScope } from '../hold/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import { type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import type { Stream } from '../telemetry/contract.ts';
import type { ModelHealth, StreamHealth } from './api.ts';
import { CheckReport } from './contract.ts';
import type { Checks, StandingHolds } from './ports.ts';

export type AnswerPorts = {
  readonly checks: Pick<Checks, 'marksOf' | 'failuresOf'>;
  readonly holds: StandingHolds;
  readonly evidence: EvidenceStore;
  readonly clock: Clock;
};

/** Older versions are told by their own reports. */
const SHOWN = 10;

const nameOf = ({ version, deployment }: Stream): string => `${version}/${deployment}`;

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
      const fails = failing !== undefined && failing.since > (mark?.checkedAt ?? '');
      return {
        stream,
        mark,
        report: report === null ? null : await readEvidence(evidence, report, CheckReport),
        failing: fails ? { since: failing.since, failure: failing.failure } : null,
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
