import { describe, expect, test } from 'vitest';
import { burnRate, errorBudget, LOOKBACKS, TIERS } from '../../core/slo/burn-rate.ts';
import { checkObjective } from '../../core/slo/check-objective.ts';
import { BurnReport, type Objective, SloSettings } from '../../core/slo/contract.ts';
import { objectivesOf, SloDocument } from '../../core/slo/slo-document.ts';
import { availabilitySlo } from '../support/slo.ts';

const objective = objectivesOf(SloDocument.parse(availabilitySlo()))[0] as Objective;
const MINUTE_OF_REQUESTS = 1000;

/** Burn rates by lookback in minutes; a lookback that is not named burns at 0. */
const check = (rates: Readonly<Record<number, number>>, { requests = MINUTE_OF_REQUESTS, ...more } = {}) =>
  checkObjective({
    objective: { ...objective, ...more },
    settings: SloSettings.parse({}),
    within: (minutes) => ({
      total: requests * minutes,
      bad: Math.round((rates[minutes] ?? 0) * (1 - objective.target) * requests * minutes),
    }),
  });

describe('A3: the tiers of the workbook', () => {
  test('have the factors 14.4, 6, 3 and 1 for 30 days', () => {
    expect(
      check({}).tiers.map(({ factor, severity, long, short }) => [severity, factor, long.minutes, short.minutes]),
    ).toEqual([
      ['page', 14.4, 60, 5],
      ['page', 6, 360, 30],
      ['ticket', 3, 1440, 120],
      ['ticket', 1, 4320, 360],
    ]);
    expect(LOOKBACKS).toEqual([5, 30, 60, 120, 360, 1440, 4320]);
  });

  test('have the factors that Sloth computes for 28 days', () => {
    expect(check({}, { windowDays: 28 } as object).tiers.map(({ factor }) => factor)).toEqual([
      13.44, 5.6, 2.8, 0.933333,
    ]);
  });

  test.each([
    // long and short window of one tier, then what follows
    [{ 60: 15, 5: 15 }, 'page'],
    [{ 60: 14.4, 5: 15 }, undefined],
    [{ 60: 15, 5: 14.4 }, undefined],
    [{ 60: 1000, 5: 0 }, undefined],
    [{ 360: 6.1, 30: 6.1 }, 'page'],
    [{ 360: 6, 30: 100 }, undefined],
    [{ 360: 100, 30: 6 }, undefined],
    [{ 1440: 3.1, 120: 3.1 }, 'ticket'],
    [{ 1440: 3, 120: 100 }, undefined],
    [{ 1440: 100, 120: 3 }, undefined],
    [{ 4320: 1.1, 360: 1.1 }, 'ticket'],
    [{ 4320: 1, 360: 100 }, undefined],
    [{ 4320: 1.1, 360: 1.1, 60: 15, 5: 15 }, 'page'],
    [{}, undefined],
  ])('A1: burning at %j is a %s', (rates, severity) => {
    const report = check(rates);

    expect(report.severity).toBe(severity);
    expect(report.outcome).toBe(severity === undefined ? 'within' : 'burning');
    expect(report.reasons.length > 0).toBe(severity !== undefined);
  });

  test('are not fired by the last digit of a rate that is just at the factor, whatever the target', () => {
    for (const target of [0.9, 0.99, 0.995, 0.999, 0.9995, 0.9999])
      for (const { factor, long, short } of check({}).tiers) {
        const counts = { total: 1_000_000_000, bad: Math.round(factor * (1 - target) * 1_000_000_000) };
        const { tiers } = checkObjective({
          objective: { ...objective, target },
          settings: { minimumBad: 1 },
          within: (minutes) => ([long.minutes, short.minutes].includes(minutes) ? counts : { total: 1, bad: 0 }),
        });

        expect(tiers.filter(({ outcome }) => outcome === 'fires')).toEqual([]);
      }
  });
});

test.each([
  [{ 1440: 3.1, 120: 3.1 }, true],
  [{ 1440: 3.1, 120: 2.9 }, false],
  [{ 1440: 2.9, 120: 3.1 }, false],
  [{ 60: 15, 5: 15 }, true],
  [{ 4320: 2, 360: 2 }, false],
])('A2: burning at %j pauses rollouts: %s', (rates, pauses) => {
  expect(check(rates).pausesRollouts).toBe(pauses);
});

describe('with little traffic', () => {
  test('one failure of ten is no page, however fast it burns', () => {
    const report = check({ 60: 100, 5: 1000 }, { requests: 10 / 60 });

    expect(report.outcome).toBe('within');
    expect(report.tiers[0]).toMatchObject({ outcome: 'too-few-bad', long: { bad: 1 } });
  });

  test('an outage is a page as soon as it has cost enough requests', () => {
    const outage = { 60: 1000, 5: 1000, 360: 1000, 30: 1000 };

    expect(check(outage, { requests: 5 / 60 })).toMatchObject({ severity: 'page' });
    expect(check({ 60: 1000, 5: 1000 }, { requests: 5 / 60 }).severity).toBeUndefined();
  });

  test('no request at all is not enough data', () => {
    expect(check({ 60: 100, 5: 100 }, { requests: 0 })).toMatchObject({ outcome: 'not-enough-data', reasons: [] });
  });
});

test('healthy traffic at any volume is silent', () => {
  for (const requests of [1, 100, 10_000, 1_000_000]) {
    const rates = Object.fromEntries(LOOKBACKS.map((minutes) => [minutes, 0.9]));

    expect(check(rates, { requests })).toMatchObject({ outcome: 'within', pausesRollouts: false });
  }
});

test('the reason says how fast, how much, and what would have been allowed', () => {
  const report = check({ 60: 20, 5: 30 });

  expect(report.reasons).toEqual([
    {
      rule: 'slo.availability-burning',
      message:
        'credit-risk-availability burns its error budget 20 times too fast: 2 % of 60000 requests failed in 1 h, 3 % in the last 5 min',
      found: '20 over 1 h and 30 over 5 min',
      allowed: 'up to 14.4 before it is a page',
    },
  ]);
  expect(BurnReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

describe('the error budget', () => {
  test.each([
    [{ total: 1_000_000, bad: 0 }, 0],
    [{ total: 1_000_000, bad: 500 }, 0.5],
    [{ total: 1_000_000, bad: 2000 }, 2],
    [{ total: 0, bad: 0 }, 0],
  ])('of 99.9 %% after %j is spent to %d', (counts, spent) => {
    expect(errorBudget(counts, 0.999).spent).toBeCloseTo(spent, 9);
  });

  test('is gone at the end of the window when it burns at 1', () => {
    expect(burnRate({ total: 30_000, bad: 30 }, 0.999)).toBeCloseTo(1, 9);
    expect(TIERS.every(({ budgetShare, long }) => budgetShare * 30 * 1440 >= long)).toBe(true);
  });
});
