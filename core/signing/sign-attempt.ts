import type { z } from 'zod';
import { type Attempt, DigestReport } from '../intake/contract.ts';
import { type Digest, digestOf } from '../kernel/digest.ts';
import { type EvidenceRef, type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { EvidenceAltered } from '../kernel/failures.ts';
import { describeReason } from '../kernel/reason.ts';
import type { Resource } from '../kernel/root-digest.ts';
import { attestVersion } from './attest-version.ts';
import { signing } from './contract.ts';
import { BundleUnverifiable } from './failures.ts';
import { omsStatement } from './oms.ts';
import type { Signer } from './ports.ts';
import { keyHint } from './public-key.ts';
import { publicKeyOf, signStatement } from './statement.ts';
import { verifyBundle } from './verify-bundle.ts';

export type SigningPorts = { readonly signer: Signer; readonly evidence: EvidenceStore };

type Task = typeof signing.tasks.signVersion;

/** What is wrong with a bundle for these files, in words, or nothing. */
const fault = (bundle: string, publicKeyPem: string, files: readonly Resource[], root: Digest): string | undefined => {
  const verification = verifyBundle({ bundle, publicKeyPem, files });
  if (verification.outcome === 'invalid') return verification.reasons.map(describeReason).join('; ');
  return verification.root === root ? undefined : `it signs ${verification.root}, the files have ${root}`;
};

const filesOf = (report: DigestReport): Resource[] => {
  // Policy has refused these long before; a signature over bytes that nobody declared could not be taken back.
  if (report.mismatches.length > 0) throw new Error(`${report.mismatches.length} files are not what was declared`);
  return report.files.map(({ path, digest }) => ({ name: path, digest }));
};

/** Signs the files, unless this key has signed them already. */
const signFiles = async (
  { signer, evidence }: SigningPorts,
  attempt: Attempt,
  report: DigestReport,
): Promise<EvidenceRef> => {
  const files = filesOf(report);
  const publicKeyPem = await publicKeyOf(signer);
  const payload = omsStatement({ name: attempt.version, resources: files });
  const bundle = await signStatement(signer, payload);
  const ours = fault(bundle, publicKeyPem, files, report.root);
  if (ours !== undefined) throw new BundleUnverifiable(`refused to keep what was signed: ${ours}`);
  const key = signing.keys.bundle(attempt, report.root, keyHint(publicKeyPem));
  const standing = await evidence.putOnce(key, bundle);
  const theirs = fault(standing, publicKeyPem, files, report.root);
  if (theirs !== undefined) throw new EvidenceAltered(`${key} is not a bundle that this key signed: ${theirs}`);
  return { key, digest: digestOf(standing) };
};

const NONE = { scan: null, gates: null, provenance: null };

/**
 * Signs the files of an attempt as an OpenSSF Model Signing bundle, and what is known of them as attestations, write-once:
 * a redelivered request yields the first of each, though ECDSA signs differently each time. Nothing is kept, or taken for
 * ours, that our verifier refuses.
 */
export const signAttempt =
  (ports: SigningPorts) =>
  async ({ attempt, digests, about }: z.output<Task['input']>): Promise<z.input<Task['output']>> => {
    const report = await readEvidence(ports.evidence, digests, DigestReport);
    // At once: each waits for KMS and S3, and none for another.
    const [bundle, attestations] = await Promise.all([
      signFiles(ports, attempt, report),
      about === undefined ? NONE : attestVersion(ports, { attempt, report, about }),
    ]);
    return { bundle, root: report.root, attestations };
  };
