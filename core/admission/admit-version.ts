import type { z } from 'zod';
import { type Hold, holdsInScope } from '../hold/contract.ts';
import { DigestReport, Inventory } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { concurrently } from '../kernel/concurrently.ts';
import { digestOf, hexOf } from '../kernel/digest.ts';
import { type EvidenceRef, type EvidenceStore, keepEvidence, readEvidence } from '../kernel/evidence.ts';
import { EvidenceAltered } from '../kernel/failures.ts';
import type { Reason } from '../kernel/reason.ts';
import { DecisionRecord } from '../policy/contract.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import { type Signer, signStatement, type Trust, verifyBundle } from '../signing/contract.ts';
import { admittedFact, deniedFact } from './admission-facts.ts';
import { type AdmissionQuestion, type AdmissionRules, admission, type GivenVerdict } from './contract.ts';
import { type AdmissionFacts, decideAdmission } from './decide-admission.ts';
import type { AskPolicy, Outbox, Readers, StandingHolds, Versions } from './ports.ts';
import { verdictStatement } from './verdict.ts';

type Input = z.output<typeof admission.tasks.admitVersion.input>;

export type AdmissionPorts = {
  readonly versions: Versions;
  readonly holds: StandingHolds;
  readonly readers: Readers;
  readonly evidence: EvidenceStore;
  readonly policy: AskPolicy;
  readonly signer: Signer;
  /** Whose signatures under versions count. */
  readonly trust: () => Promise<Trust>;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly rules: AdmissionRules;
  readonly stage: string;
  readonly modelBucket: string;
};

const WIDTH = 32;
const TOLD = 20;

const evidenceOf = (version: RegisteredVersion, name: string): EvidenceRef => {
  const ref = version.evidence[name];
  if (ref === undefined)
    throw new EvidenceAltered(`${version.model} ${version.version} was registered without ${name}`);
  return ref;
};

/** The signature again, over the digests of the bytes that were pinned, and whether those may still be read. */
const inspect = async (ports: AdmissionPorts, version: RegisteredVersion) => {
  const { evidence, readers, modelBucket } = ports;
  const bundleRef = evidenceOf(version, 'bundle');
  const [digests, inventory, bundle, trust] = await Promise.all([
    readEvidence(evidence, evidenceOf(version, 'digests'), DigestReport),
    readEvidence(evidence, evidenceOf(version, 'inventory'), Inventory),
    evidence.get(bundleRef.key),
    ports.trust(),
  ]);
  if (digestOf(bundle) !== bundleRef.digest)
    throw new EvidenceAltered(`${bundleRef.key} is not the bundle that was made`);
  const files = digests.files.map(({ path, digest }) => ({ name: path, digest }));
  const open = await concurrently(inventory.files, WIDTH, (file) => readers.mayRead(modelBucket, file));
  return {
    bundle: verifyBundle({ bundle, ...trust, files }),
    closed: inventory.files.filter((_, index) => open[index] !== true).map(({ path }) => path),
  };
};

const decisionKey = (question: AdmissionQuestion, id: string) => admission.keys.verdict(question, `${id}-decision`);

const askPolicy = async (
  ports: AdmissionPorts,
  version: RegisteredVersion,
  question: AdmissionQuestion,
  id: string,
) => {
  const manifest = await readEvidence(ports.evidence, evidenceOf(version, 'manifest'), Manifest);
  const listed = ports.rules.environments.find(({ name }) => name === question.environment);
  const record = ports.policy({
    version,
    risk: manifest.risk,
    environment: question.environment,
    tiers: listed?.tiers,
  });
  return keepEvidence(ports.evidence, decisionKey(question, id), DecisionRecord, record);
};

type Asked = {
  readonly question: AdmissionQuestion;
  readonly correlationId: string;
  readonly id: string;
  readonly at: Date;
};

const sign = async (
  ports: AdmissionPorts,
  { question, id, at }: Asked,
  version: RegisteredVersion,
  reasons: readonly Reason[],
  decision: { ref: EvidenceRef; document: DecisionRecord },
): Promise<{ verdict: EvidenceRef; expiresAt: string }> => {
  const expiresAt = new Date(at.getTime() + ports.rules.verdictSeconds * 1000);
  const statement = verdictStatement({
    question,
    root: version.root,
    reasons,
    stage: ports.stage,
    modelBucket: ports.modelBucket,
    policySet: decision.document.policySet,
    rests: [evidenceOf(version, 'bundle'), decision.ref],
    at,
    expiresAt,
  });
  const key = admission.keys.verdict(question, id);
  const standing = await ports.evidence.putOnce(key, await signStatement(ports.signer, statement));
  return { verdict: { key, digest: digestOf(standing) }, expiresAt: expiresAt.toISOString() };
};

const answerUnregistered = async (
  { outbox }: AdmissionPorts,
  asked: Asked,
  holds: readonly Hold[],
): Promise<GivenVerdict> => {
  const { question, at } = asked;
  const reasons = decideAdmission({ question, holds });
  await outbox.put(deniedFact(asked, reasons));
  const answer = { outcome: 'deny', verdict: null, expiresAt: at.toISOString(), step: question.step } as const;
  return { ...answer, reasons: reasons.slice(0, TOLD) };
};

/**
 * Answers whether a version may run in an environment now, with a signed, short-lived verdict. A no is signed too: who
 * was told no, and why, is evidence.
 * @throws ListUnreadable, KeySetUnreadable when it cannot know what is held, or which keys are revoked: then it gives no
 * answer, and no door opens
 */
export const admitVersion =
  (ports: AdmissionPorts) =>
  async ({ question, correlationId }: Input): Promise<GivenVerdict> => {
    const at = ports.clock.now();
    const id = `${at.toISOString()}-${hexOf(digestOf(canonicalJson({ question, correlationId }))).slice(0, 16)}`;
    const asked: Asked = { question, correlationId, id, at };
    const holds = holdsInScope(await ports.holds.list(), question, at);
    const version = await ports.versions.find(question);
    if (version === undefined) return answerUnregistered(ports, asked, holds);
    const [seen, decision] = await Promise.all([inspect(ports, version), askPolicy(ports, version, question, id)]);
    const registered: AdmissionFacts['registered'] = {
      root: version.root,
      ...seen,
      policy: decision.document.decision,
    };
    const reasons = decideAdmission({ question, registered, holds });
    const { verdict, expiresAt } = await sign(ports, asked, version, reasons, decision);
    const allowed = reasons.length === 0;
    await ports.outbox.put(
      allowed ? admittedFact(asked, version.root, verdict, expiresAt) : deniedFact(asked, reasons),
    );
    const outcome = allowed ? 'allow' : 'deny';
    return { outcome, verdict, expiresAt, step: question.step, reasons: reasons.slice(0, TOLD) };
  };
