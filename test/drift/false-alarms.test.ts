import { describe, expect, test } from 'vitest';
import { holdsOf, simulateChecks } from '../../bench/simulated-checks.ts';
import { USUAL } from '../../bench/simulated-traffic.ts';
import { DriftSettings } from '../../core/drift/contract.ts';

/** The bench simulates more: `npm run bench -- drift-false-alarms`. */
const healthy = (settings: DriftSettings) =>
  [1, 2].flatMap((seed) =>
    holdsOf(simulateChecks({ seed: 1000 * seed, features: 50, weeks: 52, restlessness: USUAL, settings })),
  );

describe('hourly checks of 50 features that have seasons and wander', () => {
  test('hold a healthy model at most once a year at the defaults', () => {
    expect(healthy(DriftSettings.parse({})).length).toBeLessThanOrEqual(2);
  });

  test('would hold it every other week with the floor as the only limit', () => {
    const floorOnly = DriftSettings.parse({ deviations: 0, newModelFloor: 0.2 });

    expect(healthy(floorOnly).length).toBeGreaterThan(20);
  });

  test('find a feature that shifts by two standard deviations within a day', () => {
    const fromHour = 6 * 7 * 24;
    const found = Array.from({ length: 20 }, (_, seed) =>
      simulateChecks({
        seed,
        features: 1,
        weeks: 7,
        restlessness: USUAL,
        settings: DriftSettings.parse({}),
        shift: { fromHour, by: 2 },
      }).some((hour) => hour >= fromHour && hour < fromHour + 24),
    );

    expect(found.filter(Boolean).length).toBeGreaterThanOrEqual(18);
  });
});

test('a hold stands while drift goes on: one drift is one hold', () => {
  expect(holdsOf([10, 11, 12, 35, 60, 61])).toEqual([10, 60]);
});
