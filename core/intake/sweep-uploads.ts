import type { Clock } from '../kernel/clock.ts';
import { type AttemptRecord, claim, release } from './attempt.ts';
import { changeAttempt } from './change-attempt.ts';
import { subjectOfManifestKey } from './claim-upload.ts';
import { type IntakeLimits, intake, MANIFEST } from './contract.ts';
import type { Attempts, WorkflowInput, Workflows } from './ports.ts';

export type SweepPorts = { attempts: Attempts; workflows: Workflows; clock: Clock; limits: IntakeLimits };

/** More would not fit the function's time; the next sweep takes the rest. */
const AT_ONCE = 100;

const inputOf = (record: AttemptRecord): WorkflowInput => ({
  bucket: record.bucket,
  key: `${intake.keys.prefix(record)}${MANIFEST}`,
  versionId: record.manifest,
  trigger: record.id === record.manifest ? null : record.id,
});

/** Starts again what nobody works on: leases that are over, and incomplete uploads whose deadline has passed. */
export const sweepDue =
  ({ attempts, workflows, clock }: SweepPorts) =>
  async (): Promise<number> => {
    const due = await attempts.due(clock.now(), AT_ONCE);
    for (const record of due) await workflows.start(inputOf(record));
    return due.length;
  };

/**
 * Starts an execution that died again at once. The dead one claims the attempt a last time, which tells all cases
 * apart: one that died before its claim was written gets it here, or nobody would ever look at its upload; where
 * another execution works, or an answer stands, there is nothing to do. An upload that waits for files is left to its
 * deadline: its tries begin anew with each look, so here nothing would end them.
 */
export const sweepDead =
  ({ attempts, workflows, clock, limits }: SweepPorts) =>
  async (execution: string, input: WorkflowInput): Promise<boolean> => {
    const subject = subjectOfManifestKey(input.key);
    if (subject === undefined) return false;
    const identity = { ...subject, id: input.trigger ?? input.versionId };
    const request = { ...identity, bucket: input.bucket, manifest: input.versionId, execution, limits };
    const now = clock.now();
    let dead: AttemptRecord | undefined;
    await changeAttempt(attempts, identity, (standing) => {
      dead = undefined;
      if (standing?.status === 'incomplete') return undefined;
      const last = claim(standing, { ...request, now, leaseSeconds: 0 });
      if (!('record' in last)) return undefined;
      dead = release(last.record, now, limits);
      return { record: dead };
    });
    if (dead === undefined || dead.tries > limits.tries) return false;
    await workflows.start(inputOf(dead));
    return true;
  };
