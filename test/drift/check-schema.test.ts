import { expect, test } from 'vitest';
import { checkSchema } from '../../core/drift/check-schema.ts';
import { SchemaReport, SchemaSettings } from '../../core/drift/contract.ts';
import { feature } from '../support/inference.ts';
import { tallyOf } from '../support/observed.ts';

const settings = SchemaSettings.parse({});
const FEATURES = [
  feature('age', 'integer', { minimum: 0, maximum: 120 }),
  feature('region', 'category', { categories: ['north', 'south'] }),
];
const GOOD = { age: 42, region: 'north' };
const check = (bad: { readonly [name: string]: unknown }, share: number, n = 1000) =>
  checkSchema(tallyOf([...Array(n * share).fill(bad), ...Array(n * (1 - share)).fill(GOOD)], FEATURES), settings);

test.each([
  ['missing', { region: 'north' }, 'age is missing in 20 % of events (200 of 1 000)'],
  ['retyped', { ...GOOD, age: '42' }, 'age is of another type than declared in 20 % of events (200 of 1 000)'],
  ['out-of-range', { ...GOOD, age: 400 }, 'age is outside the declared range in 20 % of events (200 of 1 000)'],
  [
    'new-category',
    { ...GOOD, region: 'west' },
    'region is none of the declared categories in 20 % of events (200 of 1 000)',
  ],
])('F2: %s is a violation with its share', (kind, bad, message) => {
  const report = check(bad, 0.2);

  expect(report).toMatchObject({ outcome: 'violated', n: 1000 });
  expect(report.reasons).toEqual([
    expect.objectContaining({ rule: `drift.schema-${kind}`, message, path: expect.stringContaining('$.features[') }),
  ]);
  expect(SchemaReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test('F2: a renamed feature is named with what came in its place', () => {
  const report = check({ age_years: 42, region: 'north' }, 1);

  expect(report.reasons).toMatchObject([
    { rule: 'drift.schema-renamed', fix: 'Events carry "age_years" instead: was it renamed?' },
  ]);
  expect(report.undeclared).toEqual([['age_years', 1000]]);
});

test('M5: what is within the tolerance of a hold is still reported', () => {
  const report = check({ ...GOOD, age: '42' }, 0.01);

  expect(report).toMatchObject({ outcome: 'kept', reasons: [] });
  expect(report.findings).toEqual([
    { feature: 'age', kind: 'retyped', count: 10, n: 1000, share: 0.01, limit: 0.01, violated: false },
  ]);
});

test('M5: traffic that is as declared has no findings, and a new name alone is none', () => {
  expect(check(GOOD, 1)).toMatchObject({ outcome: 'kept', findings: [], undeclared: [] });
  expect(check({ ...GOOD, extra: 1 }, 1)).toMatchObject({
    outcome: 'kept',
    findings: [],
    undeclared: [['extra', 1000]],
  });
});

test('of few events nothing is said', () => {
  expect(check({}, 1, 49)).toMatchObject({ outcome: 'not-enough-data', reasons: [] });
  expect(check({}, 1, 50)).toMatchObject({ outcome: 'violated' });
});
