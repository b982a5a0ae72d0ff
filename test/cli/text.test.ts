import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inBytes, oneLine, printable, reasonLines, table } from '../../cli/text.ts';

const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;

test('whatever a file is called, its name is one line without control over the terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(oneLine(name)).not.toMatch(UNSAFE);
    }),
  );
});

test('plain text is left as it is', () => {
  expect(printable('Größe ✓ 模型\nsecond line')).toBe('Größe ✓ 模型\nsecond line');
});

test('a reason is one line, whatever stands in it', () => {
  const [line, ...more] = reasonLines([
    { rule: 'a.b', message: 'one\ntwo', path: 'x\u001b[31m', found: '\u202egnp.exe' },
  ]);

  expect(more).toEqual([]);
  expect(line).toBe('  ✗ x\\u{1b}[31m: one\\u{a}two; found \\u{202e}gnp.exe');
});

test('columns are as wide as their widest cell', () => {
  expect(
    table([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
  ).toEqual(['a    bb', 'ccc  d']);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [5 * 1024 ** 3, '5.0 GiB'],
  [3 * 1024 ** 5, '3072.0 TiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(inBytes(bytes)).toBe(text);
});
