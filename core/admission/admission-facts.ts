import type { Digest } from '../kernel/digest.ts';
import type { EvidenceRef } from '../kernel/evidence.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import type { Reason } from '../kernel/reason.ts';
import { type AdmissionQuestion, admission, type VersionAdmitted, type VersionDenied } from './contract.ts';

type Asked = {
  readonly question: AdmissionQuestion;
  readonly correlationId: string;
  readonly id: string;
  readonly at: Date;
};

const TOLD = 20;
const { versionAdmitted, versionDenied } = admission.events;

const base = ({ question, correlationId, at }: Asked) => ({
  model: question.model,
  version: question.version,
  environment: question.environment,
  ...(question.target !== null && { deployment: question.target.deployment }),
  occurredAt: at.toISOString(),
  correlationId,
});

export const admittedFact = (asked: Asked, root: Digest, verdict: EvidenceRef, expiresAt: string): Fact => {
  const detail: VersionAdmitted = { id: factId(versionAdmitted, asked.id), ...base(asked), root, expiresAt, verdict };
  return { id: detail.id, type: versionAdmitted.type, detail };
};

export const deniedFact = (asked: Asked, reasons: readonly Reason[]): Fact => {
  const detail: VersionDenied = {
    id: factId(versionDenied, asked.id),
    ...base(asked),
    reasons: reasons.slice(0, TOLD),
    reasonCount: reasons.length,
  };
  return { id: detail.id, type: versionDenied.type, detail };
};
