import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFlaws, isFatal } from '../../core/intake/json-text.ts';

const limits = { depth: 64, values: 100_000 };

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON with one piece cut out, doubled or replaced: mostly broken, often only just. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.nat(),
    fc.nat(6),
    fc.constantFrom('', ',', '"', '{', ']', '\\', '\n', '0', '-', 'e'),
  )
  .map(([text, start, length, insert]) => {
    const at = start % (text.length + 1);
    return text.slice(0, at) + insert + text.slice(at + length);
  });

describe('finding flaws', () => {
  test('a text is called readable exactly when JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyJson, fc.json(), fc.string()), (text) => {
        const readable = !findFlaws(text, limits).some(isFatal);

        expect(readable).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{"a": 1,}', 1, 9, 'expected a name in double quotes after the comma'],
    ['[1,\n 2,\n]', 3, 1, 'expected a value after the comma'],
    ['{"a"\n  1}', 2, 3, 'expected a colon'],
    ['{"a": 1\n "b": 2}', 2, 2, 'expected a comma or }'],
    ['{"a": tru}', 1, 7, 'expected a value'],
    ['{"a": "b', 1, 7, 'this text has no closing quote'],
    ['{"a": "\\x"}', 1, 7, 'this text has an escape that JSON does not know'],
    ['{"a": "b\nc"}', 1, 9, 'a line break or control character inside a text'],
    ['{"a":', 1, 6, 'the text ends here'],
    ['{} {}', 1, 4, 'more text after the end of the document'],
    ["{'a': 1}", 1, 2, 'expected a name in double quotes'],
  ])('%j goes wrong in line %i, column %i: %s', (text, line, column, what) => {
    const flaws = findFlaws(text, limits);

    expect(flaws).toMatchObject([{ kind: 'syntax', line, column, what }]);
  });

  test('a name that stands twice is found at any depth, however it is spelt', () => {
    const flaws = findFlaws('{"a":[{"b":1},{"b":1,\n"\\u0062":2}]}', limits);

    expect(flaws).toMatchObject([{ kind: 'duplicate-name', path: ['a', 1, 'b'], line: 2, column: 1 }]);
  });

  test('the same name in two objects is no duplicate', () => {
    const flaws = findFlaws('{"a":{"b":1},"b":{"a":{"a":1}}}', limits);

    expect(flaws).toEqual([]);
  });

  test('half a surrogate pair is found, a whole one is not', () => {
    const flaws = findFlaws('["\\ud83d\\ude00", "\\ud83d"]', limits);

    expect(flaws).toMatchObject([{ kind: 'not-unicode', path: [1] }]);
  });

  test('64 levels are read, 65 are not', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

    expect(findFlaws(nested(64), limits)).toEqual([]);
    expect(findFlaws(nested(65), limits)).toMatchObject([{ kind: 'too-deep' }]);
    expect(findFlaws(nested(4_000_000), limits)).toMatchObject([{ kind: 'too-deep' }]);
  });

  test('reading stops at the first value too many', () => {
    const flaws = findFlaws('[1,2,3]', { depth: 64, values: 3 });

    expect(flaws).toMatchObject([{ kind: 'too-many-values', path: [2] }]);
  });
});
