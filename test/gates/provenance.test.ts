import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GateRules, type RiskTier } from '../../core/gates/contract.ts';
import { fieldsNeeded, provenanceFindings } from '../../core/gates/provenance.ts';
import type { Manifest } from '../../core/intake/manifest.ts';
import { type ManifestInput, manifestWith } from '../support/manifest.ts';

const { provenance: defaults } = GateRules.parse({});

const judge = (manifest: Manifest, tier: RiskTier = 'full', thresholds = defaults) => {
  const [completeness, ...gaps] = provenanceFindings(manifest, tier, thresholds);
  return { completeness, gaps };
};

const bare = () =>
  manifestWith((manifest) => {
    for (const name of ['training', 'metrics', 'intendedUse', 'features', 'baseline'] as const) delete manifest[name];
  });

/** Each takes away the answer to exactly one question. */
const OMISSIONS: readonly ((manifest: ManifestInput) => unknown)[] = [
  (manifest) => delete manifest.features,
  (manifest) => delete manifest.baseline,
  (manifest) => delete manifest.intendedUse,
  ({ training }) => delete training?.trainedAt,
  ({ training }) => delete training?.hyperparameters,
  ({ training }) => delete training?.environment?.seed,
  ({ training }) => delete training?.code,
  ({ training }) => delete training?.datasets?.[0]?.asOf,
  ({ training }) => delete training?.datasets?.[0]?.schema,
  ({ training }) => delete training?.datasets?.[0]?.digest,
  ({ metrics }) => delete metrics?.[0]?.n,
];

describe('provenance completeness', () => {
  test('is whole when every question is answered', () => {
    const { completeness, gaps } = judge(manifestWith());

    expect(completeness).toMatchObject({ outcome: 'pass', measured: 1, threshold: 1, n: 15 });
    expect(gaps).toEqual([]);
  });

  test('is nothing when nothing is said, with one finding for each question that can be asked', () => {
    const { completeness, gaps } = judge(bare());

    expect(completeness).toMatchObject({ outcome: 'fail', measured: 0, n: 14 });
    expect(gaps.map(({ path }) => path)).toEqual([
      '$.training.datasets',
      '$.training.code',
      '$.training.environment',
      '$.training.environment.seed',
      '$.training.hyperparameters',
      '$.training.trainedAt',
      '$.metrics',
      '$.intendedUse',
      '$.features',
      '$.baseline',
    ]);
  });

  test('does not ask a version without parents for their digests', () => {
    const { completeness } = judge(manifestWith(({ training }) => delete training?.parents));

    expect(completeness).toMatchObject({ measured: 1, n: 14 });
  });

  test('a stage may ask light models for a share too', () => {
    const { completeness } = judge(bare(), 'light', { ...defaults, light: 0.25 });

    expect(completeness).toMatchObject({ outcome: 'fail', measured: 0, threshold: 0.25 });
  });

  test.each<[RiskTier, number, 'pass' | 'fail']>([
    ['light', 3, 'pass'],
    ['standard', 10, 'fail'],
    ['standard', 11, 'pass'],
    ['full', 13, 'fail'],
    ['full', 14, 'pass'],
  ])('in tier %s, %i of 14 fields %s', (tier, declared, outcome) => {
    const manifest = manifestWith((draft) => {
      delete draft.training?.parents;
      for (const omit of OMISSIONS.slice(0, 14 - declared)) omit(draft);
    });

    const { completeness } = judge(manifest, tier);

    expect(completeness).toMatchObject({ outcome, measured: declared / 14 });
  });

  test('falls by one field with each omission, and names its place', () => {
    fc.assert(
      fc.property(fc.subarray([...OMISSIONS.keys()], { minLength: 1 }), (chosen) => {
        const manifest = manifestWith((draft) => {
          for (const index of chosen) OMISSIONS[index]?.(draft);
        });

        const { completeness, gaps } = judge(manifest);

        expect(completeness?.measured).toBeCloseTo((15 - chosen.length) / 15);
        expect(gaps).toHaveLength(chosen.length);
        expect(gaps.every(({ path, fix }) => path !== undefined && fix !== undefined)).toBe(true);
      }),
    );
  });

  test.each([
    [0.6, 15, 9],
    [0.61, 15, 10],
    [0.55, 20, 11],
    [0, 15, 0],
    [1, 15, 15],
  ])('a share of %d of %i fields asks for %i', (share, fields, needed) => {
    expect(fieldsNeeded(share, fields)).toBe(needed);
  });
});

describe('what a tier insists on', () => {
  test.each(['digest', 'schema', 'asOf'] as const)('a data set without %s fails from standard on', (name) => {
    const manifest = manifestWith(({ training }) => delete training?.datasets?.[0]?.[name]);

    const outcomes = (['light', 'standard', 'full'] as const).map((tier) => judge(manifest, tier).gaps[0]);

    expect(outcomes.map((gap) => gap?.outcome)).toEqual(['not-enough-evidence', 'fail', 'fail']);
    expect(outcomes[2]).toMatchObject({ gate: 'provenance.dataset', path: `$.training.datasets[0].${name}` });
  });

  test('each of several data sets is asked', () => {
    const manifest = manifestWith(({ training }) => {
      training?.datasets?.push({ name: 'extra', uri: 's3://datasets/extra.csv' });
    });

    const { gaps } = judge(manifest, 'standard');

    expect(gaps.map(({ path }) => path)).toEqual([
      '$.training.datasets[1].digest',
      '$.training.datasets[1].schema',
      '$.training.datasets[1].asOf',
    ]);
  });

  test('a schema without columns is no schema', () => {
    const manifest = manifestWith(({ training }) => {
      const [dataset] = training?.datasets ?? [];
      if (dataset !== undefined) dataset.schema = {};
    });

    expect(judge(manifest).gaps).toMatchObject([{ path: '$.training.datasets[0].schema' }]);
  });

  test('a version without data sets or environment lock fails from standard on', () => {
    const failures = judge(bare(), 'standard').gaps.filter(({ outcome }) => outcome === 'fail');

    expect(failures.map(({ gate }) => gate)).toEqual(['provenance.dataset', 'provenance.environment-lock']);
    expect(judge(bare(), 'light').gaps.some(({ outcome }) => outcome === 'fail')).toBe(false);
  });
});
