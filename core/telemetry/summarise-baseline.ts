import type { z } from 'zod';
import { DataSetRefused, DataSetUnreadable } from '../data-set/failures.ts';
import { type DataSetPorts, dataSetRows } from '../data-set/open-data-set.ts';
import { Inventory } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { summariseBaseline as summariseRows } from './baseline.ts';
import { baselineDigest, baselineKey } from './baseline-source.ts';
import type { telemetry } from './contract.ts';
import { BaselineRefused, BaselineUnreadable } from './failures.ts';

type Input = z.output<typeof telemetry.tasks.summariseBaseline.input>;
type Output = z.input<typeof telemetry.tasks.summariseBaseline.output>;

/** A sample of what a model was made for, not a training set. */
const LARGEST = 2 * 1024 ** 3;

export type BaselinePorts = DataSetPorts & {
  evidence: EvidenceStore;
  baselines: { putOnce(key: string, body: string): Promise<unknown> };
  hashKey: () => Promise<Uint8Array>;
};

const summarise = async (ports: BaselinePorts, { attempt, inventory }: Input, manifest: Manifest): Promise<Output> => {
  const { baseline, features = [], model } = manifest;
  const [key, digest] = [baselineKey(manifest), baselineDigest(manifest)];
  if (baseline === undefined || key === undefined || digest === undefined) return { outcome: 'none', rows: 0 };
  const files = async () => (await readEvidence(ports.evidence, inventory, Inventory)).files;
  const upload = { bucket: attempt.bucket, files, field: 'baseline', atMost: LARGEST };
  const rows = await dataSetRows(ports, upload, baseline, digest);
  const options = { digest, model, features, hashKey: await ports.hashKey() };
  const summary = await summariseRows(rows, options, baseline.format === 'csv' ? 'text' : 'typed');
  await ports.baselines.putOnce(key, canonicalJson(summary));
  return { outcome: 'summarised', rows: summary.rows };
};

/** Counts the data set that a version was made for, so that its traffic can be compared with it. */
export const summariseBaseline =
  (ports: BaselinePorts) =>
  async (input: Input): Promise<Output> => {
    const manifest = await readEvidence(ports.evidence, input.manifest, Manifest);
    try {
      return await summarise(ports, input, manifest);
    } catch (cause) {
      if (cause instanceof DataSetUnreadable) throw new BaselineUnreadable(cause.message, { cause });
      if (cause instanceof DataSetRefused) throw new BaselineRefused(cause.message, { cause });
      throw cause;
    }
  };
