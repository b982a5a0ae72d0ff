import { describe, expect, test } from 'vitest';
import { DriftReport, DriftSettings } from '../../core/drift/contract.ts';
import { detectDrift } from '../../core/drift/detect-drift.ts';
import type { Tally } from '../../core/telemetry/contract.ts';
import { feature } from '../support/inference.ts';
import { randomness, tallyOf } from '../support/observed.ts';

const settings = DriftSettings.parse({});
const FEATURES = [
  feature('age', 'number'),
  feature('region', 'category'),
  feature('signed-up', 'timestamp'),
  feature('name', 'category', { personal: true }),
];

type Traffic = {
  readonly n?: number;
  readonly shift?: number;
  readonly scale?: number;
  readonly north?: number;
  readonly approve?: number;
};

/** A window of traffic: ages around 40, two regions, a decision. */
const traffic = (seed: number, { n = 5000, shift = 0, scale = 1, north = 0.5, approve = 0.7 }: Traffic = {}): Tally => {
  const { normal, uniform } = randomness(seed);
  const rows = Array.from({ length: n }, () => ({
    age: 40 + 10 * (shift + scale * normal()),
    region: uniform() < north ? 'north' : 'south',
    'signed-up': '2026-11-23',
    name: 'Alice',
  }));
  return tallyOf(
    rows,
    FEATURES,
    rows.map(() => (uniform() < approve ? 'approve' : 'refuse')),
  );
};
const baseline = traffic(1, { n: 20_000 });
const month = Array.from({ length: 28 }, (_, day) => traffic(100 + day, { shift: 0.05 * Math.sin(day) }));
const detect = (current: Tally, more: Partial<Parameters<typeof detectDrift>[0]> = {}) =>
  detectDrift({ baseline, history: month, current, ...more }, settings);

test('F1: a shifted feature is named with its index, what it was, its limit and the sample size', () => {
  const report = detect(traffic(2, { n: 12_480, shift: 0.65 }));

  expect(report.outcome).toBe('drifted');
  expect(report.reasons).toEqual([
    {
      rule: 'drift.feature-drifted',
      message: expect.stringMatching(/^age: PSI 0\.4\d?, was 0(\.0\d+)?, limit 0\.2, n 12 480$/),
      path: '$.features["age"]',
      found: expect.stringMatching(/^PSI 0\.4/),
      allowed: 'up to 0.2',
    },
  ]);
  expect(DriftReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test('traffic like the baseline is stable, and every measure says so', () => {
  const report = detect(traffic(3));

  expect(report).toMatchObject({ outcome: 'stable', reasons: [], history: 28 });
  expect(report.findings.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['age', 'stable'],
    ['region', 'stable'],
    ['prediction', 'stable'],
  ]);
  const [age] = report.findings;
  expect(age?.psi).toBeLessThan(0.02);
  expect(age?.jensenShannon).toBeLessThan(0.06);
  expect(age?.kolmogorovSmirnov?.high).toBeLessThan(0.06);
});

describe.each([
  ['a shifted category', { north: 0.95 }, ['region']],
  ['a shifted prediction', { approve: 0.2 }, ['prediction']],
  ['a wider spread around the same mean', { scale: 3 }, ['age']],
  ['two at once, the worst first', { shift: 3, approve: 0.2 }, ['age', 'prediction']],
])('%s', (_, change, names) => {
  test('is found', () => {
    const report = detect(traffic(4, change));

    expect(report.reasons.map(({ message }) => message.split(':')[0])).toEqual(names);
  });
});

describe('a new model without history', () => {
  test('is held for a gross shift, and not for one that its traffic may have every week', () => {
    const gross = detect(traffic(5, { shift: 2 }), { history: [] });
    const slight = detect(traffic(5, { shift: 0.6 }), { history: [] });

    expect(gross.outcome).toBe('drifted');
    expect(gross.reasons[0]?.message).toMatch(/^age: PSI \d\S*, limit 1, n 5 000$/);
    expect(slight.outcome).toBe('stable');
    expect(slight.findings[0]).toMatchObject({ name: 'age', elevated: true });
  });
});

describe('too little data', () => {
  test('never says drift, and never says that all is well', () => {
    const report = detect(traffic(6, { n: 499, shift: 5 }));

    expect(report.outcome).toBe('not-enough-data');
    expect(report.findings[0]).toMatchObject({ outcome: 'not-enough-data', message: 'age: not enough values, n 499' });
    expect(detect(traffic(6, { n: 500, shift: 5 })).outcome).toBe('drifted');
  });

  test('in the baseline is too little as well', () => {
    expect(detect(traffic(7), { baseline: traffic(8, { n: 99 }) }).outcome).toBe('not-enough-data');
  });
});

test('a feature that strays every other week is held to its own straying', () => {
  const restless = Array.from({ length: 28 }, (_, day) => traffic(200 + day, { shift: day % 2 === 0 ? 0.6 : 0.1 }));
  const current = traffic(9, { shift: 0.65 });

  expect(detect(current).outcome).toBe('drifted');
  expect(detect(current, { history: restless }).outcome).toBe('stable');
});

test('a drift that a person accepted is no new drift, until it goes further', () => {
  const accepted = new Map([['age', 0.4]]);

  expect(detect(traffic(10, { shift: 0.65 }), { accepted }).outcome).toBe('stable');
  expect(detect(traffic(10, { shift: 1 }), { accepted }).outcome).toBe('drifted');
  expect(detect(traffic(10, { shift: 2 }), { accepted: new Map([['age', 4]]) }).outcome).toBe('stable');
});

test('the smaller the sample, the more of its index is chance, and the higher the limit', () => {
  const limitOf = (n: number) => detect(traffic(11, { n })).findings[0]?.limit;

  // Ten bins used: 9 (1 / n + 1 / 20 000) above the floor.
  expect(limitOf(500)).toBeCloseTo(0.2 + 9 * (1 / 500 + 1 / 20_000), 10);
  expect(limitOf(20_000)).toBeCloseTo(0.2 + 9 * (1 / 20_000 + 1 / 20_000), 10);
});

test('what chance may do to one of many features is no drift of one', () => {
  const names = Array.from({ length: 200 }, (_, index) => `feature-${index}`);
  const many = names.map((name) => feature(name, 'category'));
  const rows = (seed: number, n: number) => {
    const { uniform } = randomness(seed);
    return Array.from({ length: n }, () =>
      Object.fromEntries(names.map((name) => [name, uniform() < 0.5 ? 'a' : 'b'])),
    );
  };
  const input = { baseline: tallyOf(rows(1, 2000), many), history: [], current: tallyOf(rows(2, 600), many) };
  const strict = { ...settings, newModelFloor: 0, falseDiscoveryRate: 0.05 };

  const report = detectDrift(input, strict);

  expect(report.findings.filter(({ pValue }) => (pValue ?? 1) < 0.05).length).toBeGreaterThan(2);
  expect(report.outcome).toBe('stable');
});
