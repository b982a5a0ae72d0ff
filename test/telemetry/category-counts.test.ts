import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATEGORY_CAP, CategoryCounts, completeBelow, rankOf } from '../../core/telemetry/category-counts.ts';
import type { CategoryForm } from '../../core/telemetry/category-form.ts';

const DECLARED = new Set(['red', 'green', 'category-1', 'category-2']);

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

const countsOf = (values: readonly string[]): CategoryCounts => {
  const counts = new CategoryCounts(DECLARED);
  for (const value of values) counts.add(value);
  return counts;
};
const merged = (...forms: readonly CategoryForm[]): CategoryForm => {
  const all = new CategoryCounts();
  for (const form of forms) all.merge(form);
  return all.form();
};

/** Many more categories than are kept, some of them frequent. */
const category = fc.oneof(
  fc.constantFrom('red', 'green', 'blue', '__proto__', 'constructor', '', '\ud800', 'x'.repeat(201)),
  fc.nat({ max: 400 }).map((n) => `category-${n}`),
);
const many = fc.array(category, { minLength: 300, maxLength: 1500 });

test('parts counted apart and merged in any order and grouping give what the whole gives', () => {
  fc.assert(
    fc.property(many, fc.nat({ max: 300 }), fc.nat({ max: 300 }), (values, i, j) => {
      const [first, last] = [Math.min(i, j), Math.max(i, j)];
      const [a, b, c] = [values.slice(0, first), values.slice(first, last), values.slice(last)].map((part) =>
        countsOf(part).form(),
      ) as [CategoryForm, CategoryForm, CategoryForm];

      const whole = countsOf(values).form();

      expect(merged(a, b, c)).toEqual(whole);
      expect(merged(c, a, b)).toEqual(whole);
      expect(merged(merged(b, c), a)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('what is listed is counted exactly, and what is not is counted as overflow', () => {
  let overflowed = 0;
  fc.assert(
    fc.property(many, (values) => {
      const exact = new Map<string, number>();
      for (const value of values) exact.set(value.toWellFormed(), (exact.get(value.toWellFormed()) ?? 0) + 1);

      const form = countsOf(values).form();

      const listed = [...form.known, ...form.others];
      for (const [text, count] of listed) expect(count).toBe(exact.get(text));
      expect(listed.reduce((sum, [, count]) => sum + count, sumOf(form.overflow))).toBe(values.length);
      expect(form.others.length).toBeLessThanOrEqual(CATEGORY_CAP);
      for (const text of exact.keys())
        if (text.length <= 200 && !DECLARED.has(text) && rankOf(text) < completeBelow(form))
          expect(form.others.map(([other]) => other)).toContain(text);
      overflowed += sumOf(form.overflow) > 0 ? 1 : 0;
    }),
    { numRuns: 60 },
  );
  expect(overflowed).toBeGreaterThan(30);
});

test('declared categories are listed however many others there are', () => {
  const noise = Array.from({ length: 5000 }, (_, n) => `noise-${n}`);

  const form = countsOf([...noise, 'red', ...noise, 'green', 'red']).form();

  expect(form.known).toEqual([
    ['green', 1],
    ['red', 2],
  ]);
  expect(form.others).toHaveLength(CATEGORY_CAP);
});

test('that a category which is not listed became more frequent shows in its bucket', () => {
  const noise = Array.from({ length: 1000 }, (_, n) => `noise-${n}`);
  const hidden = noise.find(
    (text) =>
      !countsOf(noise)
        .form()
        .others.some(([other]) => other === text),
  ) as string;

  const before = countsOf(noise).form().overflow;
  const after = countsOf([...noise, ...Array(500).fill(hidden)]).form().overflow;

  expect(after.map((count, bucket) => count - (before[bucket] ?? 0)).filter((more) => more > 0)).toEqual([500]);
});

test('a text without a UTF-8 form does not make the counts unwritable', () => {
  const form = countsOf(['\ud800', 'a\udfffb']).form();

  expect(form.others.every(([text]) => text.isWellFormed())).toBe(true);
});
