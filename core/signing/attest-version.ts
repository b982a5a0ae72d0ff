import type { z } from 'zod';
import { GateReport } from '../gates/contract.ts';
import { type Attempt, type DigestReport, MANIFEST } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import { canonicalJson, type Json } from '../kernel/canonical-json.ts';
import { digestOf } from '../kernel/digest.ts';
import { type EvidenceRef, type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { EvidenceAltered } from '../kernel/failures.ts';
import { describeReason } from '../kernel/reason.ts';
import { DecisionRecord } from '../policy/contract.ts';
import { ScanReport } from '../scanning/contract.ts';
import type { AttestationKind, Subject } from './attestation.ts';
import { signing } from './contract.ts';
import { BundleUnverifiable } from './failures.ts';
import { gatesStatement } from './gates-attestation.ts';
import type { Signer } from './ports.ts';
import { provenanceStatement } from './provenance-attestation.ts';
import { keyHint } from './public-key.ts';
import { scanStatement } from './scan-attestation.ts';
import { publicKeyOf, signStatement } from './statement.ts';
import { verifyAttestation } from './verify-attestation.ts';

type About = NonNullable<z.output<typeof signing.tasks.signVersion.input>['about']>;

export type AttestPorts = { readonly signer: Signer; readonly evidence: EvidenceStore };

export type AttestRequest = { readonly attempt: Attempt; readonly report: DigestReport; readonly about: About };

/** The text of each statement. Made of evidence alone: whoever makes it again makes the same. */
const statementsAbout = async (
  evidence: EvidenceStore,
  { attempt, report, about }: AttestRequest,
): Promise<Readonly<Record<AttestationKind, Json | undefined>>> => {
  const subject: Subject = { model: attempt.model, version: attempt.version, root: report.root };
  const [manifest, scan, gates, decision] = await Promise.all([
    readEvidence(evidence, about.manifest, Manifest),
    readEvidence(evidence, about.scan, ScanReport),
    readEvidence(evidence, about.gates, GateReport),
    readEvidence(evidence, about.decision, DecisionRecord),
  ]);
  const digest = report.files.find(({ path }) => path === MANIFEST)?.digest;
  return {
    scan: scanStatement(subject, scan),
    gates: gatesStatement(subject, gates, decision, about.gates),
    provenance: provenanceStatement(subject, { manifest, digest, attempt: attempt.id }),
  };
};

/** What is wrong with a signed statement, in words, or nothing. */
const fault = (bundle: string, publicKeyPem: string, statement: string, { root }: DigestReport): string | undefined => {
  const verified = verifyAttestation(bundle, { publicKeyPem }, root);
  if (verified.outcome === 'invalid') return verified.reasons.map(describeReason).join('; ');
  const { payload } = JSON.parse(bundle).dsseEnvelope;
  return payload === Buffer.from(statement).toString('base64') ? undefined : 'it states something else';
};

/**
 * Signs what scan, gates and manifest say of a version, each as an in-toto statement about the root that the bundle signs.
 * Write-once, as the bundle is; nothing is kept, or taken for ours, that our verifier refuses.
 */
export const attestVersion = async (
  { signer, evidence }: AttestPorts,
  request: AttestRequest,
): Promise<Record<AttestationKind, EvidenceRef | null>> => {
  const { attempt, report } = request;
  const publicKeyPem = await publicKeyOf(signer);
  const statements = await statementsAbout(evidence, request);
  const attest = async (kind: AttestationKind): Promise<EvidenceRef | null> => {
    if (statements[kind] === undefined) return null;
    const statement = canonicalJson(statements[kind]);
    const bundle = await signStatement(signer, statement);
    const ours = fault(bundle, publicKeyPem, statement, report);
    if (ours !== undefined) throw new BundleUnverifiable(`refused to keep the ${kind} attestation: ${ours}`);
    const key = signing.keys.attestation(attempt, kind, keyHint(publicKeyPem));
    const standing = await evidence.putOnce(key, bundle);
    const theirs = fault(standing, publicKeyPem, statement, report);
    if (theirs !== undefined) throw new EvidenceAltered(`${key} is not what this key signed: ${theirs}`);
    return { key, digest: digestOf(standing) };
  };
  const [scan, gates, provenance] = await Promise.all([attest('scan'), attest('gates'), attest('provenance')]);
  return { scan, gates, provenance };
};
