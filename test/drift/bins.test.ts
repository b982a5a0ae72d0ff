import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binsOf } from '../../core/drift/bins.ts';
import { psi } from '../../core/drift/psi.ts';
import { observed, randomness } from '../support/observed.ts';

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
const psiOf = (reference: readonly unknown[], current: readonly unknown[], type?: 'category', more = {}) => {
  const binned = binsOf(observed(reference, type, more))(observed(current, type, more));
  return psi(binned.reference, binned.current);
};

test('every value of both sides is in one bin, nulls and what is not finite with them', () => {
  const value = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 5 }), fc.constantFrom(null, 'NaN', 0));
  const values = fc.array(value, { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, values, (reference, current) => {
      const binned = binsOf(observed(reference))(observed(current));

      expect(sum(binned.reference)).toBe(reference.length);
      expect(sum(binned.current)).toBe(current.length);
      expect(binned.reference).toHaveLength(binned.current.length);
      expect(binned.current.every((count) => count >= 0)).toBe(true);
    }),
  );
});

test('a smooth feature has ten bins that hold about a tenth each', () => {
  const { normal } = randomness(1);
  const values = Array.from({ length: 20_000 }, () => 50 + 10 * normal());

  const { reference } = binsOf(observed(values))(observed([1]));

  const used = reference.filter((count) => count > 0);
  expect(used).toHaveLength(10);
  for (const count of used) expect(Math.abs(count - 2000)).toBeLessThan(700);
});

describe('what it must not miss:', () => {
  test.each([
    ['a constant that became another constant', Array(1000).fill(5), Array(1000).fill(7)],
    ['a constant that fell below', Array(1000).fill(5), Array(1000).fill(4.9)],
    ['zeros that became small negatives', [...Array(900).fill(0), ...Array(100).fill(3)], Array(1000).fill(-0.01)],
    ['a feature that fell silent', Array(1000).fill(5), [...Array(500).fill(5), ...Array(500).fill(null)]],
    ['a feature that is NaN now', Array(1000).fill(5), [...Array(500).fill(5), ...Array(500).fill('NaN')]],
    ['a feature that jumped above everything seen', Array.from({ length: 1000 }, (_, i) => i), Array(1000).fill(5000)],
  ])('%s', (_, reference, current) => {
    expect(psiOf(reference, current)).toBeGreaterThan(1);
  });

  test.each([
    ['a new category', Array(1000).fill('a'), [...Array(500).fill('a'), ...Array(500).fill('b')]],
    [
      'categories that swapped',
      [...Array(800).fill('a'), ...Array(200).fill('b')],
      [...Array(200).fill('a'), ...Array(800).fill('b')],
    ],
  ])('%s', (_, reference, current) => {
    expect(psiOf(reference, current, 'category')).toBeGreaterThan(0.8);
  });
});

test('more categories than are kept are compared without seeing a change that is none', () => {
  const { uniform } = randomness(2);
  const draw = () => Array.from({ length: 30_000 }, () => `category-${Math.floor(1000 * uniform() ** 4)}`);

  expect(psiOf(draw(), draw(), 'category')).toBeLessThan(0.02);
});

test('and with seeing one that is one', () => {
  const { uniform } = randomness(3);
  const draw = (power: number) =>
    Array.from({ length: 30_000 }, () => `category-${Math.floor(1000 * uniform() ** power)}`);

  expect(psiOf(draw(4), draw(12), 'category')).toBeGreaterThan(0.3);
});

test('a category that one side had no room for is not taken for one that is gone', () => {
  const few = Array.from({ length: 20_000 }, (_, index) => `category-${index % 60}`);
  const crowd = Array.from({ length: 2000 }, (_, index) => `visitor-${index}`);

  expect(psiOf(few, [...few, ...crowd], 'category')).toBeLessThan(0.5);
  expect(psiOf([...few, ...crowd], few, 'category')).toBeLessThan(0.5);
});

test('a side whose sketch had to be coarser is compared at its resolution', () => {
  const { uniform } = randomness(4);
  const wild = Array.from({ length: 6000 }, () => (uniform() < 0.5 ? 1 : -1) * Math.exp(1300 * uniform() - 650));
  const tame = wild.slice(0, 1500);

  expect(observed(wild).values?.level).toBeGreaterThan(0);
  expect(psiOf(tame, wild)).toBeLessThan(0.05);
  expect(psiOf(wild, tame)).toBeLessThan(0.05);
});
