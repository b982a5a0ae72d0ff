import { describe, expect, test } from 'vitest';
import type { RiskTier } from '../../core/gates/contract.ts';
import { requiredFieldFindings } from '../../core/gates/required-fields.ts';
import { manifestWith } from '../support/manifest.ts';

const bare = manifestWith((manifest) => {
  for (const name of ['contact', 'description', 'intendedUse', 'metrics', 'groupMetrics'] as const)
    delete manifest[name];
});

describe('required fields', () => {
  test.each<[RiskTier, string[]]>([
    ['light', []],
    ['standard', ['$.contact', '$.description', '$.intendedUse', '$.metrics']],
    ['full', ['$.contact', '$.description', '$.intendedUse', '$.metrics', '$.groupMetrics']],
  ])('tier %s misses %j in a bare manifest', (tier, paths) => {
    const failures = requiredFieldFindings(bare, tier).filter(({ outcome }) => outcome === 'fail');

    expect(failures.map(({ path }) => path)).toEqual(paths);
    expect(failures.every(({ fix }) => fix !== undefined)).toBe(true);
  });

  test('an intended use without users and limits is not enough for tier full', () => {
    const manifest = manifestWith((draft) => {
      draft.intendedUse = { purpose: 'Rank payments.', users: [] };
    });

    expect(requiredFieldFindings(manifest, 'full').map(({ path }) => path)).toEqual([
      '$.intendedUse.users',
      '$.intendedUse.outOfScope',
    ]);
    expect(requiredFieldFindings(manifest, 'standard')).toMatchObject([{ outcome: 'pass' }]);
  });

  test('group metrics are not asked of a model that touches no individuals', () => {
    const manifest = manifestWith((draft) => {
      delete draft.groupMetrics;
      draft.risk.affects = 'business';
    });

    expect(requiredFieldFindings(manifest, 'full')).toMatchObject([{ outcome: 'pass' }]);
  });
});
