import type { z } from 'zod';
import { type DataSetPorts, dataSetRows } from '../data-set/open-data-set.ts';
import { Inventory } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { summariseBaseline as summariseRows } from './baseline.ts';
import { baselineDigest, baselineKey } from './baseline-source.ts';
import type { telemetry } from './contract.ts';

type Input = z.output<typeof telemetry.tasks.summariseBaseline.input>;
type Output = z.input<typeof telemetry.tasks.summariseBaseline.output>;

export type BaselinePorts = DataSetPorts & {
  evidence: EvidenceStore;
  baselines: { putOnce(key: string, body: string): Promise<unknown> };
  hashKey: () => Promise<Uint8Array>;
};

/** Counts the data set that a version was made for, so that its traffic can be compared with it. */
export const summariseBaseline =
  (ports: BaselinePorts) =>
  async ({ attempt, inventory, manifest: declared }: Input): Promise<Output> => {
    const manifest = await readEvidence(ports.evidence, declared, Manifest);
    const { baseline, features = [], model } = manifest;
    const [key, digest] = [baselineKey(manifest), baselineDigest(manifest)];
    if (baseline === undefined || key === undefined || digest === undefined) return { outcome: 'none', rows: 0 };
    const files = async () => (await readEvidence(ports.evidence, inventory, Inventory)).files;
    const rows = await dataSetRows(ports, { bucket: attempt.bucket, files, field: 'baseline' }, baseline, digest);
    const options = { digest, model, features, hashKey: await ports.hashKey() };
    const summary = await summariseRows(rows, options, baseline.format === 'csv' ? 'text' : 'typed');
    await ports.baselines.putOnce(key, canonicalJson(summary));
    return { outcome: 'summarised', rows: summary.rows };
  };
