import { describe, expect, test } from 'vitest';
import { DriftSettings } from '../../core/drift/contract.ts';
import { type Effect, usualRange } from '../../core/drift/usual-range.ts';
import { randomness } from '../support/observed.ts';

const settings = DriftSettings.parse({});
const effects = (...indices: number[]): Effect[] => indices.map((psi) => ({ psi, chance: 0, n: 10_000 }));
const steady = (psi: number, windows = 28): Effect[] => effects(...Array(windows).fill(psi));

test('with less history than asked for, the limit is that of a new model and nothing is usual', () => {
  expect(usualRange(steady(0.01, 13), settings)).toEqual({ limit: 1 });
  expect(usualRange(steady(0.01, 14), settings)).toEqual({ limit: 0.2, usual: expect.closeTo(0.01, 10) });
});

test('a steady feature is held to the floor, one that strays to what it strays', () => {
  const { normal } = randomness(1);
  const straying = effects(...Array.from({ length: 28 }, () => (0.3 * normal()) ** 2));

  expect(usualRange(steady(0.02), settings).limit).toBe(0.2);
  expect(usualRange(straying, settings).limit).toBeGreaterThan(0.6);
});

test('however much a feature strays, the ceiling holds', () => {
  const { normal } = randomness(2);
  const wild = effects(...Array.from({ length: 28 }, () => (0.6 * normal()) ** 2));

  expect(usualRange(wild, { ...settings, ceiling: Number.POSITIVE_INFINITY }).limit).toBeGreaterThan(3);
  expect(usualRange(wild, settings).limit).toBe(3);
});

test('a drift that goes on does not become usual by going on', () => {
  const drifted = [...steady(0.02, 20), ...effects(...Array(40).fill(0.8))];

  expect(usualRange(drifted, settings)).toEqual({ limit: 0.2, usual: expect.closeTo(0.02, 10) });
});

test('windows with too few values teach nothing', () => {
  const few = steady(0.9).map((effect) => ({ ...effect, n: 499 }));

  expect(usualRange([...few, ...steady(0.02, 14)], settings).usual).toBeCloseTo(0.02, 10);
  expect(usualRange(few, settings)).toEqual({ limit: 1 });
});

test('what chance alone makes of an index is not taken for straying', () => {
  const small = steady(0.15).map((effect) => ({ ...effect, chance: 0.15 }));

  expect(usualRange(small, settings)).toEqual({ limit: 0.2, usual: 0 });
});

describe('a series whose values follow each other', () => {
  /** Stationary with correlation `r` from one window to the next, and the same scatter whatever `r` is. */
  const series = (r: number, seed: number, length: number): number[] => {
    const { normal } = randomness(seed);
    let value = normal();
    return Array.from({ length }, () => {
      value = r * value + Math.sqrt(1 - r * r) * normal();
      return value;
    });
  };
  const exceedances = (r: number, deviations: number): number => {
    const runs = Array.from({ length: 3000 }, (_, seed) => {
      const roots = series(r, seed * 7919 + 1, 29).map((value) => 2 + 0.3 * value);
      const history = effects(...roots.slice(0, 28).map((root) => root ** 2));
      const { limit } = usualRange(history, { ...settings, floor: 0, newModelFloor: 1e9, ceiling: 1e9, deviations });
      return (roots[28] as number) ** 2 > limit ? 1 : 0;
    });
    return runs.reduce<number>((sum, hit) => sum + hit, 0) / runs.length;
  };

  test('is exceeded by its next value hardly more often than an independent one', () => {
    const independent = exceedances(0, 2);
    const dependent = exceedances(0.85, 2);

    expect(independent).toBeLessThan(0.05);
    expect(dependent).toBeLessThan(0.09);
  });
});
