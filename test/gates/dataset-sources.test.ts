import { describe, expect, test } from 'vitest';
import { GateRules } from '../../core/gates/contract.ts';
import { sourceFindings } from '../../core/gates/dataset-sources.ts';
import { manifestWith } from '../support/manifest.ts';

const trainedOn = (...uris: readonly string[]) =>
  manifestWith((manifest) => {
    const [dataset] = manifest.training?.datasets ?? [];
    if (manifest.training === undefined || dataset === undefined) throw new Error('the manifest names no data set');
    manifest.training.datasets = uris.map((uri) => ({ ...dataset, uri }));
  });

const { sources } = GateRules.parse({ sources: ['s3://curated/', 'https://data.example.com/sets/'] });

describe('where training data come from (F7, X17)', () => {
  test('data from the allowed sources give no finding', () => {
    const manifest = trainedOn('s3://curated/loans/2026.parquet', 'https://data.example.com/sets/a.csv');

    expect(sourceFindings(manifest, sources)).toEqual([]);
  });

  test.each([
    's3://elsewhere/loans.parquet',
    's3://curated-by-anyone/loans.parquet',
    'http://data.example.com/sets/a.csv',
    'https://data.example.com.evil.example/sets/a.csv',
    'https://data.example.com/sets/../anybody/a.csv',
    'https://data.example.com/sets/%2e%2E/anybody/a.csv',
    's3://curated/..',
    'loans.csv',
  ])('data from %s fail, named by their place in the manifest', (uri) => {
    const manifest = trainedOn('s3://curated/loans.parquet', uri);

    expect(sourceFindings(manifest, sources)).toMatchObject([
      {
        gate: 'provenance.dataset-source',
        outcome: 'fail',
        path: '$.training.datasets[1].uri',
        measured: JSON.stringify(uri),
        threshold: 's3://curated/, https://data.example.com/sets/',
      },
    ]);
  });

  test('a stage that names no source takes data from anywhere', () => {
    expect(sourceFindings(trainedOn('s3://elsewhere/loans.parquet'), GateRules.parse({}).sources)).toEqual([]);
  });

  test.each(['s3://curated', 'curated/', 's3://cu rated/'])('%j is no source: it would let others in', (source) => {
    expect(() => GateRules.parse({ sources: [source] })).toThrow('ends with /');
  });
});
