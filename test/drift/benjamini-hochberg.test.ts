import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adjustedPValues } from '../../core/drift/benjamini-hochberg.ts';

/** The fifteen p-values of the example in Benjamini and Hochberg (1995), section 4.1. */
const PAPER = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
];

test('of the example of the paper four hypotheses are rejected at 0.05, Bonferroni rejects three', () => {
  const rejected = adjustedPValues(PAPER).filter((p) => p <= 0.05);

  expect(rejected).toHaveLength(4);
  expect(PAPER.filter((p) => p <= 0.05 / 15)).toHaveLength(3);
});

test('an adjusted value is at most q where the step-up rule of the paper rejects, in any order', () => {
  const p = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(p, { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      (values, q) => {
        const ascending = values.toSorted((a, b) => a - b);
        const last = ascending.findLastIndex((value, index) => (value * values.length) / (index + 1) <= q);
        const threshold = last < 0 ? -1 : (ascending[last] as number);

        const adjusted = adjustedPValues(values);

        expect(adjusted.map((value) => value <= q)).toEqual(values.map((value) => value <= threshold));
      },
    ),
  );
});

test('of nothing there is nothing to adjust', () => {
  expect(adjustedPValues([])).toEqual([]);
});
