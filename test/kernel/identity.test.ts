import { describe, expect, test } from 'vitest';
import { ModelId, Subject, VersionId } from '../../core/kernel/identity.ts';

const LONGEST = 'a'.repeat(63);

describe('a model name', () => {
  test.each(['a', '7', 'iris', 'credit-risk-2', 'a--b', LONGEST])('may be %j', (name) => {
    expect(ModelId.parse(name)).toBe(name);
  });

  test.each([
    '',
    '-iris',
    'iris-',
    'Iris',
    'iris_2',
    'iris.v2',
    'iris/2',
    '..',
    'ïris',
    'iris\n',
    ' iris',
    `${LONGEST}a`,
  ])('may not be %j', (name) => {
    expect(ModelId.safeParse(name).success).toBe(false);
  });
});

describe('a version name', () => {
  test.each(['3', '1.4.0', '2026-11-23.1', '1.0.0-rc.1+build_7', 'V2', LONGEST])('may be %j', (name) => {
    expect(VersionId.parse(name)).toBe(name);
  });

  test.each(['', '.', '..', '.1', '1.', '-1', '1+', 'a/b', 'a\\b', 'a b', 'a%2fb', '１', '1\n', `${LONGEST}a`])(
    'may not be %j',
    (name) => {
      expect(VersionId.safeParse(name).success).toBe(false);
    },
  );
});

test('a wrong name is answered with what is allowed', () => {
  const { error } = Subject.safeParse({ model: 'Iris', version: '1/2' });

  expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
    'model: expected 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit',
    'version: expected 1 to 63 letters, digits, dots, hyphens, underscores or plus signs, starting and ending with a letter or digit',
  ]);
});
