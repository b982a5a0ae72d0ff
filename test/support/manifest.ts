import type { z } from 'zod';
import { Manifest } from '../../core/intake/manifest.ts';

export type ManifestInput = z.input<typeof Manifest>;

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as z.input<typeof Manifest>['files'][number]['digest'];

/** A manifest that leaves no question open, as JSON would carry it. Each call gives a new copy to change. */
export const completeManifest = (): ManifestInput => ({
  manifestVersion: 1,
  model: 'fraud' as ManifestInput['model'],
  version: '1.4.0' as ManifestInput['version'],
  description: 'Scores card payments for manual review.',
  owner: 'payments-risk',
  contact: 'payments-risk@example.com',
  format: 'safetensors',
  risk: {
    decision: 'advisory',
    affects: 'individuals',
    consequence: 'moderate',
    reversible: true,
    personalData: true,
  },
  intendedUse: {
    purpose: 'Rank payments for the review team.',
    users: ['review team'],
    outOfScope: ['Declining a payment without a human'],
  },
  files: [
    { path: 'model.safetensors', digest: digest('a'), size: 1024 },
    { path: 'requirements.lock', digest: digest('b') },
    { path: 'baseline.jsonl', digest: digest('c') },
  ],
  training: {
    datasets: [
      {
        name: 'payments-2026q3',
        uri: 's3://datasets/payments/2026q3.parquet',
        digest: digest('d'),
        schema: { amount: 'double', country: 'string' },
        rows: 120_000,
        asOf: '2026-09-30T23:59:59Z',
        license: 'internal',
      },
    ],
    code: { repository: 'https://git.example.com/risk/fraud', commit: '0123456789abcdef0123456789abcdef01234567' },
    environment: { lock: digest('b'), lockFile: 'requirements.lock', seed: 7 },
    hyperparameters: { layers: [64, 32], dropout: 0.1, optimizer: { name: 'adam', amsgrad: null } },
    parents: [
      { model: 'fraud' as ManifestInput['model'], version: '1.3.0' as ManifestInput['version'], digest: digest('e') },
    ],
    trainedAt: '2026-10-02T08:00:00+02:00',
  },
  metrics: [
    {
      name: 'auc',
      value: 0.91,
      dataset: 'payments-2026q3-holdout',
      n: 12_000,
      interval: { low: 0.9, high: 0.92, confidence: 0.95 },
    },
  ],
  groupMetrics: [
    {
      name: 'recall',
      attribute: 'age-band',
      groups: [
        { group: '18-40', value: 0.8, n: 5000 },
        { group: '41-99', value: 0.79, n: 7000 },
      ],
    },
  ],
  features: [
    { name: 'amount', type: 'number', minimum: 0, maximum: 1_000_000 },
    { name: 'country', type: 'category', categories: ['de', 'fr'] },
  ],
  baseline: { path: 'baseline.jsonl', format: 'jsonl', digest: digest('c') },
});

/** The manifest as the plane reads it, after `change` had its way with it. */
export const manifestWith = (change: (manifest: ManifestInput) => void = () => {}): Manifest => {
  const manifest = completeManifest();
  change(manifest);
  return Manifest.parse(manifest);
};
