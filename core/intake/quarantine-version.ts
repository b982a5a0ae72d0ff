import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { concurrently } from '../kernel/concurrently.ts';
import { type EvidenceRef, type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import { present } from '../kernel/present.ts';
import type { Reason } from '../kernel/reason.ts';
import { DecisionRecord } from '../policy/contract.ts';
import {
  type Answer,
  type Attempt,
  CLEARED,
  Inventory,
  intake,
  QUARANTINED,
  Refusal,
  type VersionRejected,
} from './contract.ts';
import type { Answers, Attempts, Marks, RegisteredVersions, Uploads } from './ports.ts';
import { settleAttempt } from './settle-attempt.ts';

type Input = z.output<typeof intake.tasks.quarantineVersion.input>;
type Output = z.input<typeof intake.tasks.quarantineVersion.output>;

export type QuarantinePorts = {
  evidence: EvidenceStore;
  uploads: Uploads;
  marks: Marks;
  answers: Answers;
  attempts: Attempts;
  versions: RegisteredVersions;
  clock: Clock;
};

const WIDTH = 32;
const LISTED = 20_000;
const TOLD = 20;

/** Says no with every reason, and keeps the bytes from everybody. */
export const quarantineVersion =
  (ports: QuarantinePorts) =>
  async ({ attempt, execution, evidence, failure }: Input): Promise<Output> => {
    const reasons = [
      ...(failure === null ? [] : [reasonOfFailure(failure)]),
      ...(await reasonsIn(ports.evidence, evidence)),
    ];
    await setAside(ports, attempt, { inventory: evidence.inventory ?? null, failed: failure !== null });
    const said = {
      outcome: 'rejected' as const,
      answeredAt: ports.clock.now().toISOString(),
      reasons: reasons.length > 0 ? reasons : [unexplained()],
      evidence: present(evidence),
      execution,
    };
    return { answer: await settleAttempt(ports, attempt, said, (answer, key) => rejection(attempt, answer, key)) };
  };

const reasonsIn = async (store: EvidenceStore, evidence: Input['evidence']): Promise<Reason[]> => {
  const reasons: Reason[] = [];
  if (evidence.refusal) reasons.push(...(await readEvidence(store, evidence.refusal, Refusal)).reasons);
  if (evidence.decision) {
    const { decision } = await readEvidence(store, evidence.decision, DecisionRecord);
    if (decision.outcome === 'deny') reasons.push(...decision.reasons);
  }
  return reasons;
};

const LAMBDA_CAUSE = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/;

/** `Signing.KeyUnusable` becomes rule `signing.key-unusable`; the cause is Lambda's JSON, of which only the message is told. */
const reasonOfFailure = ({ error, cause }: { error: string; cause: string }): Reason => {
  const [capability = 'intake', reason = 'failed'] = error.split('.');
  const quoted = LAMBDA_CAUSE.exec(cause)?.[1];
  const kebab = (name: string) => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
  return {
    rule: `${kebab(capability)}.${kebab(reason)}`,
    message: quoted === undefined ? `a step failed with ${error}` : String(JSON.parse(quoted)),
    fix: 'Mend what the message names, then upload manifest.json again.',
  };
};

const unexplained = (): Reason => ({
  rule: 'intake.unexplained',
  message: 'no step left a reason; the version is refused because nothing said yes',
  fix: 'Look at the execution, then upload manifest.json again.',
});

/**
 * A tag on each version that this attempt brought. Versions that are already registered keep theirs: an attempt to
 * write over a registered version must not take it from its readers. Nor may a verdict, which falls before anything is
 * published: what is readable by then belongs to another attempt, on its way to registration. Only an attempt that
 * failed on that way may have left readable what nobody will register.
 */
const setAside = async (
  { evidence, uploads, marks, versions }: QuarantinePorts,
  attempt: Attempt,
  { inventory, failed }: { inventory: EvidenceRef | null; failed: boolean },
): Promise<void> => {
  const files =
    inventory === null
      ? await uploads.list(attempt, LISTED)
      : (await readEvidence(evidence, inventory, Inventory)).files;
  const keepsReadable = !failed || (await versions.find(attempt)) !== undefined;
  await concurrently(files, WIDTH, async (file) => {
    const keep = keepsReadable && (await marks.find(attempt.bucket, file)) === CLEARED;
    if (!keep) await marks.set(attempt.bucket, file, QUARANTINED);
  });
};

const rejection = (attempt: Attempt, answer: Answer, key: string): Fact => {
  const { type } = intake.events.versionRejected;
  const detail: VersionRejected = {
    id: factId(intake.events.versionRejected, attempt.model, attempt.version, attempt.id),
    model: attempt.model,
    version: attempt.version,
    attempt: attempt.id,
    occurredAt: answer.answeredAt,
    correlationId: attempt.id,
    reasons: answer.reasons.slice(0, TOLD),
    reasonCount: answer.reasons.length,
    answer: { bucket: attempt.bucket, key },
  };
  return { id: detail.id, type, detail };
};
