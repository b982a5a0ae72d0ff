import { expect, test } from 'vitest';
import { describeWhy } from '../../core/hold/describe-hold.ts';

const rule = 'drift.feature-shifted';

test.each([
  [
    'a feature that the sentence begins with, and the number in it',
    { path: '$.features["age"]', message: 'age: PSI 2.3, limit 1.2', found: 'PSI 2.3', allowed: 'up to 1.2' },
    'age: PSI 2.3, limit 1.2; allowed: up to 1.2',
  ],
  ['a member by its name', { path: '$.score', message: 'score is missing' }, 'score is missing'],
  ['the whole path', { path: 'a/b.bin', message: 'a/b.bin is gone' }, 'a/b.bin is gone'],
])('%s is not said twice', (_, reason, text) => {
  expect(describeWhy({ rule, ...reason })).toBe(text);
});

test.each([
  ['a path', { path: '$.features["age"]', message: 'PSI 2.3' }, '$.features["age"]: PSI 2.3'],
  ['a number', { message: '12 errors, limit 120', found: '12' }, '12 errors, limit 120; found 12'],
])('%s that the sentence does not tell is said', (_, reason, text) => {
  expect(describeWhy({ rule, ...reason })).toBe(text);
});
