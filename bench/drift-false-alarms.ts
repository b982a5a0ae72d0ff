import { DriftSettings } from '../core/drift/contract.ts';
import type { Benchmark, Cell, Table } from './report.ts';
import { holdsOf, simulateChecks } from './simulated-checks.ts';
import { times, USUAL } from './simulated-traffic.ts';

const YEARS = 20;
const WEEKS = 52;
const FEATURES = 50;
const EARLY_DAYS = 15;
const settings = DriftSettings.parse({});

type Tell = (line: string) => void;

/** Of a Poisson count, the largest mean that leaves 2.5 % for so few events (Garwood, 1936), by Wilson and Hilferty. */
const upperBound = (events: number): number => {
  const k = events + 1;
  return k * (1 - 1 / (9 * k) + 1.96 / (3 * Math.sqrt(k))) ** 3;
};

const holdsOfYear = (year: number, factor: number): number[] =>
  holdsOf(
    simulateChecks({
      seed: 1000 * (year + 1),
      features: FEATURES,
      weeks: WEEKS,
      restlessness: times(USUAL, factor),
      settings,
    }),
  );

const falseHolds = (tell: Tell): Table => {
  const kinds = { 'calm: half as restless': 0.5, usual: 1, 'restless: half as much again': 1.5 };
  const rows = Object.entries(kinds).map(([name, factor]): Cell[] => {
    const began = performance.now();
    tell(`${YEARS} years of healthy traffic, ${name}`);
    const holds = Array.from({ length: YEARS }, (_, year) => holdsOfYear(year, factor)).flat();
    const early = holds.filter((hour) => hour < EARLY_DAYS * 24).length;
    const seconds = (performance.now() - began) / 1000;
    return [name, YEARS * WEEKS, holds.length, holds.length / YEARS, upperBound(holds.length) / YEARS, early, seconds];
  });
  return {
    title: `False holds of healthy models: ${FEATURES} features, a check every hour, the defaults; required: 1 per model and year`,
    columns: [
      'traffic',
      'weeks',
      'holds',
      'per model-year, ratio to 1',
      'at most, 97.5 %',
      `in days 1 to ${EARLY_DAYS}`,
      'seconds',
    ],
    rows,
  };
};

const TRIALS = 200;
const FROM_HOUR = 6 * 7 * 24;

const delaysOf = (by: number): number[] =>
  Array.from({ length: TRIALS }, (_, trial) => {
    const shift = { fromHour: FROM_HOUR + (trial % 168), by };
    const drifted = simulateChecks({ seed: 7 + trial, features: 1, weeks: 9, restlessness: USUAL, settings, shift });
    const first = drifted.find((hour) => hour >= shift.fromHour);
    return first === undefined ? Number.POSITIVE_INFINITY : first - shift.fromHour + 1;
  }).sort((a, b) => a - b);

const power = (tell: Tell): Table => {
  const rows = [0.25, 0.5, 0.75, 1, 1.5, 2, 3].map((by): Cell[] => {
    tell(`a feature that shifts by ${by} standard deviations`);
    const delays = delaysOf(by);
    const within = (hours: number) => (100 * delays.filter((delay) => delay <= hours).length) / TRIALS;
    const middle = delays[TRIALS / 2 - 1] ?? Number.POSITIVE_INFINITY;
    return [by, within(6), within(24), within(168), Number.isFinite(middle) ? middle : 'never'];
  });
  return {
    title: `Power: a feature shifts for good after six weeks, ${TRIALS} models each`,
    columns: ['by standard deviations', 'within 6 h %', 'within a day %', 'within a week %', 'median h'],
    rows,
  };
};

/** How often the drift check holds a healthy model, and how soon a shifted one. */
export const driftFalseAlarms: Benchmark = async (tell) => ({
  tables: [falseHolds(tell), power(tell)],
  notes: [
    'Traffic is simulated: autocorrelated, with days and weeks, features that wander together. Seeds are fixed.',
    'A hold stands until a day without drift has passed, so a week of drift is one hold.',
    'Within its first 15 days a model has no history; its limit is newModelFloor.',
  ],
});
