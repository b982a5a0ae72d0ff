import type { z } from 'zod';
import { concurrently } from '../kernel/concurrently.ts';
import { digestOf } from '../kernel/digest.ts';
import { type EvidenceRef, type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { EvidenceAltered } from '../kernel/failures.ts';
import { present } from '../kernel/present.ts';
import { describeReason } from '../kernel/reason.ts';
import { AttestationKind, filesSigned, signing, type Trust, verifyBundle } from '../signing/contract.ts';
import { CLEARED, Inventory, intake, type PublishedBundle } from './contract.ts';
import { BundleForged } from './failures.ts';
import type { Bundles, Marks } from './ports.ts';

type Input = z.output<typeof intake.tasks.publishVersion.input>;
type Output = z.input<typeof intake.tasks.publishVersion.output>;

export type PublishPorts = {
  evidence: EvidenceStore;
  marks: Marks;
  bundles: Bundles;
  /** Whose signatures count. */
  trust: () => Promise<Trust>;
};

const WIDTH = 32;

const signedText = async (evidence: EvidenceStore, { key, digest }: EvidenceRef): Promise<string> => {
  const text = await evidence.get(key);
  if (digestOf(text) !== digest) throw new EvidenceAltered(`${key} is not what was signed`);
  return text;
};

/**
 * Another signature under the same files is as good as ours: after a rotation the version that is uploaded again has one
 * by the key before.
 * @throws BundleForged, KeySetUnreadable
 */
const requireSame = async (
  standing: PublishedBundle & { body: string },
  signed: string,
  trust: PublishPorts['trust'],
) => {
  const verification = verifyBundle({ bundle: standing.body, files: filesSigned(signed), ...(await trust()) });
  if (verification.outcome === 'valid') return;
  const why = verification.reasons.map(describeReason).join('; ');
  throw new BundleForged(`${standing.key} holds no signature of this version that counts: ${why}`);
};

/** Puts the signature beside the model, unless one stands there, and the attestations; makes every pinned version readable. */
export const publishVersion =
  ({ evidence, marks, bundles, trust }: PublishPorts) =>
  async ({ attempt, inventory, bundle, attestations }: Input): Promise<Output> => {
    const { files } = await readEvidence(evidence, inventory, Inventory);
    const signed = await signedText(evidence, bundle);
    const published = await bundles.publishOnce(attempt.bucket, intake.keys.bundle(attempt), signed);
    if (published.body !== signed) await requireSame(published, signed, trust);
    await Promise.all(
      Object.entries(present(attestations)).map(async ([kind, ref]) => {
        const place = signing.keys.publishedAttestation(attempt, AttestationKind.parse(kind), ref.digest);
        const text = await signedText(evidence, ref);
        const { body } = await bundles.publishOnce(attempt.bucket, place, text);
        if (body !== text) throw new BundleForged(`${place} holds something else than what was attested`);
      }),
    );
    await concurrently(files, WIDTH, (file) => marks.set(attempt.bucket, file, CLEARED));
    return { bundle: { key: published.key, versionId: published.versionId } };
  };
