import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refuseName, refuseNames } from '../../core/intake/object-names.ts';

test.each(['model.safetensors', 'weights/shard-00001-of-00002.safetensors', 'README.md', 'naïve name (1).txt', 'a..b'])(
  '%s is an ordinary name',
  (name) => {
    expect(refuseName(name)).toBeUndefined();
  },
);

test.each([
  ['..', 'parent'],
  ['a/../../b', 'parent inside'],
  ['/etc/passwd', 'absolute'],
  ['C:/x', 'a drive'],
  ['a\\b', 'backslash'],
  ['a//b', 'empty segment'],
  ['./a', 'dot segment'],
  ['a/', 'a folder'],
  ['', 'nothing'],
  ['a\u0000b', 'NUL'],
  ['a\nb', 'newline'],
  ['a\u2028b', 'line separator'],
  ['gpj.\u202efle', 'read from right to left'],
  ['a\ud800', 'lone surrogate'],
  ['model.sig', 'reserved'],
  ['.git/config', 'skipped by verifiers'],
  ['sub/.gitignore', 'git deeper'],
  ['x'.repeat(901), 'too long'],
])('%j is refused: %s', (name) => {
  expect(refuseName(name)).toMatchObject({ rule: 'intake.name-refused' });
});

test('two names that a file system may take for one another are refused', () => {
  const composed = 'caf\u00e9.txt';

  const reasons = refuseNames([composed, 'cafe\u0301.txt', 'Model.bin', 'model.bin']);

  expect(reasons.map((reason) => reason.path)).toEqual(['cafe\u0301.txt', 'model.bin']);
});

test('a name that is not refused stays below the directory it is joined to', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '.', '/', '\\', 'C', ':', '\u0000', 'é'), maxLength: 12 }),
      (name) => {
        fc.pre(refuseName(name) === undefined);
        expect(posix.join('/base', name)).toBe(`/base/${name}`);
      },
    ),
  );
});
