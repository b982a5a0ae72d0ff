import type { z } from 'zod';
import { concurrently } from '../kernel/concurrently.ts';
import { digestOf } from '../kernel/digest.ts';
import { type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { EvidenceAltered } from '../kernel/failures.ts';
import { Inventory, intake } from './contract.ts';
import { BundleForged } from './failures.ts';
import { type Bundles, CLEARED, type Marks } from './ports.ts';

type Input = z.output<typeof intake.tasks.publishVersion.input>;
type Output = z.input<typeof intake.tasks.publishVersion.output>;

export type PublishPorts = {
  evidence: EvidenceStore;
  marks: Marks;
  bundles: Bundles;
};

const WIDTH = 32;

/** Puts the signature beside the model and makes every pinned version readable. */
export const publishVersion =
  ({ evidence, marks, bundles }: PublishPorts) =>
  async ({ attempt, inventory, bundle }: Input): Promise<Output> => {
    const { files } = await readEvidence(evidence, inventory, Inventory);
    const signed = await evidence.get(bundle.key);
    if (digestOf(signed) !== bundle.digest) throw new EvidenceAltered(`${bundle.key} is not the bundle that was made`);
    const published = await bundles.publishOnce(attempt.bucket, intake.keys.bundle(attempt), signed);
    if (published.body !== signed)
      throw new BundleForged(`${published.key} holds something else than the signature of this version`);
    await concurrently(files, WIDTH, (file) => marks.set(attempt.bucket, file, CLEARED));
    return { bundle: { key: published.key, versionId: published.versionId } };
  };
