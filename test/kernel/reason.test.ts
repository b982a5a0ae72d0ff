import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../core/kernel/canonical-json.ts';
import { describeReason, Reason, show } from '../../core/kernel/reason.ts';

describe('a reason', () => {
  test('reads as one sentence: where, what, what was found, what is allowed, what mends it', () => {
    const sentence = describeReason({
      rule: 'intake.unknown-field',
      path: '$.owner',
      message: 'no such field',
      found: '"ower"',
      allowed: 'owner',
      fix: 'rename it',
    });

    expect(sentence).toBe('$.owner: no such field; found "ower"; allowed: owner; rename it');
  });

  test('reads as its message when that is all there is', () => {
    expect(describeReason({ rule: 'intake.late', message: 'the deadline has passed' })).toBe('the deadline has passed');
  });

  test.each(['scanning', 'Scanning.Bad', 'scanning.', 'scanning.a b', '.rule'])('has no rule called %j', (rule) => {
    expect(Reason.safeParse({ rule, message: 'm' }).success).toBe(false);
  });
});

describe('a value shown to a person', () => {
  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['a"b', '"a\\"b"'],
    [{ a: [1] }, '{"a":[1]}'],
    ['x'.repeat(200), `"${'x'.repeat(79)}…`],
  ])('reads %j as %s', (value, text) => {
    expect(show(value)).toBe(text);
  });

  test('can always be written as evidence, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 70, max: 90 }), fc.string({ unit: 'binary' }), (length, tail) => {
        const shown = show(`${'x'.repeat(length)}😂${tail}`);

        expect(shown.length).toBeLessThanOrEqual(81);
        expect(() => canonicalJson(shown)).not.toThrow();
      }),
    );
  });
});
