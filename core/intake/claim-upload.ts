import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { attemptOf, type Claim, claim } from './attempt.ts';
import { changeAttempt } from './change-attempt.ts';
import { type IntakeLimits, type intake, MANIFEST } from './contract.ts';
import type { Attempts } from './ports.ts';

type Input = z.output<typeof intake.tasks.claimUpload.input>;
type Output = z.input<typeof intake.tasks.claimUpload.output>;

type Ports = { attempts: Attempts; clock: Clock; limits: IntakeLimits; leaseSeconds: number };

/** `models/<model>/<version>/manifest.json`; a manifest.json further down is an ordinary file. */
export const subjectOfManifestKey = (key: string): { model: string; version: string } | undefined => {
  const [root, model, version, name, ...deeper] = key.split('/');
  if (root !== 'models' || !model || !version || name !== MANIFEST || deeper.length > 0) return undefined;
  return { model, version };
};

/** Makes one execution the only one that works on an attempt, however often S3 announces it. */
export const claimUpload =
  ({ attempts, clock, limits, leaseSeconds }: Ports) =>
  async ({ bucket, key, versionId, trigger, execution }: Input): Promise<Output> => {
    const subject = subjectOfManifestKey(key);
    if (subject === undefined) return { outcome: 'not-a-manifest', attempt: null };
    const identity = { ...subject, id: trigger ?? versionId };
    const now = clock.now();
    const made: { claim?: Claim } = {};
    await changeAttempt(attempts, identity, (standing) => {
      const request = { ...identity, bucket, manifest: versionId, execution, now, leaseSeconds, limits };
      made.claim = claim(standing, request);
      return 'record' in made.claim ? { record: made.claim.record } : undefined;
    });
    const answer = made.claim ?? { outcome: 'in-progress' };
    return 'record' in answer
      ? { outcome: answer.outcome, attempt: attemptOf(answer.record, now) }
      : { outcome: answer.outcome, attempt: null };
  };
