import { createReadStream } from 'node:fs';
import { parquetRowsLazily } from '../core/data-set/lazy-parquet.ts';
import type { GateFinding, GateRules } from '../core/gates/contract.ts';
import { trainingDataFindings } from '../core/gates/training-data/examine.ts';
import type { Manifest } from '../core/intake/manifest.ts';
import type { LocalFile } from './files.ts';

/** What the plane will say of the training sample among these files. One that lies in a bucket is looked at by the plane alone. */
export const examineTrainingData = async (
  manifest: Manifest,
  files: readonly LocalFile[],
  rules: GateRules['trainingData'],
): Promise<GateFinding[]> => {
  if (manifest.training?.sample?.uri !== undefined) return [];
  const pathOf = new Map(files.map(({ path, absolute }) => [path, absolute]));
  const pinned = files.map(({ path, size }) => ({ path, size, key: path, versionId: 'local' }));
  const ports = {
    uploaded: async (_bucket: string, { path }: { path: string }) => createReadStream(pathOf.get(path) ?? path),
    elsewhere: () => Promise.reject(new Error('a sample elsewhere is not looked at here')),
    parquetRows: parquetRowsLazily,
    buckets: [],
  };
  const upload = { bucket: 'local', files: async () => pinned };
  return trainingDataFindings(manifest, rules, { ports, upload });
};
