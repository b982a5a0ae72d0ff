import type { Clock } from '../kernel/clock.ts';
import { type AttemptRecord, release } from './attempt.ts';
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

/** Starts an execution that died again at once. One that answered, or that never held the attempt, is left alone. */
export const sweepDead =
  ({ attempts, workflows, clock, limits }: SweepPorts) =>
  async (execution: string, input: WorkflowInput): Promise<boolean> => {
    const subject = subjectOfManifestKey(input.key);
    if (subject === undefined) return false;
    const now = clock.now();
    let dead: AttemptRecord | undefined;
    await changeAttempt(attempts, { ...subject, id: input.trigger ?? input.versionId }, (record) => {
      dead = undefined;
      if (record?.status !== 'running' || record.owner !== execution) return undefined;
      dead = release(record, now, limits);
      return { record: dead };
    });
    if (dead === undefined || dead.tries > limits.tries) return false;
    await workflows.start(inputOf(dead));
    return true;
  };
