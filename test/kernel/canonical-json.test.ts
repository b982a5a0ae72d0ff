import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../core/kernel/canonical-json.ts';
import { vectors } from '../support/vectors.ts';

type Vector = { name: string; inputUtf8: string; outputHex: string };
const { cases } = vectors<{ cases: Vector[] }>('jcs_rfc8785');

const json = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }) as fc.Arbitrary<Json>;

const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member as Json)]),
  );
};

const nested = (depth: number): Json => {
  let value: Json = 0;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

describe('canonical JSON', () => {
  test.each(cases)('has the bytes of the RFC 8785 reference vector $name', ({ inputUtf8, outputHex }) => {
    const bytes = Buffer.from(canonicalJson(JSON.parse(inputUtf8)));

    expect(bytes.toString('hex')).toBe(outputHex);
  });

  // RFC 8785 appendix B: the value by its IEEE 754 bits, and its one text.
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['41b3de4355555555', '333333333.3333333'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number with bits %s as %s', (bits, text) => {
    const number = Buffer.from(bits, 'hex').readDoubleBE();

    expect(canonicalJson(number)).toBe(text);
  });

  test('is JSON that says the same', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('of what it says is itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        const once = canonicalJson(value);

        expect(canonicalJson(JSON.parse(once))).toBe(once);
      }),
    );
  });

  test('does not depend on the order in which members were written', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test('sorts members by UTF-16 code unit, where code point order would differ', () => {
    const text = canonicalJson({ '\ufb33': 1, '\u{1f602}': 2 });

    expect(text).toBe('{"\u{1f602}":2,"\ufb33":1}');
  });

  test('leaves out members that are undefined, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: { c: undefined } })).toBe('{"b":{}}');
  });

  test('keeps a member called __proto__, which a naive copy loses', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
  });

  test.each([
    ['not a number', { a: [Number.NaN] }, '$.a[0]'],
    ['an infinity', [Number.NEGATIVE_INFINITY], '$[0]'],
    ['half a surrogate pair in text', { a: '\ud83d' }, '$.a'],
    ['half a surrogate pair in a name', { a: { '\ude02': 1 } }, '$.a'],
    ['a Date', { at: new Date(0) }, '$.at'],
    ['a Map', new Map(), '$'],
    ['an instance of a class', [new (class Point {})()], '$[0]'],
    ['a bigint', { n: 1n }, '$.n'],
    ['a function', { toJSON: () => 'x' }, '$.toJSON'],
    ['a symbol', [Symbol('s')], '$[0]'],
    ['undefined', undefined, '$'],
    ['undefined within an array', [1, undefined], '$[1]'],
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    ['a hole within an array', [1, , 2], '$[1]'],
  ])('refuses %s and says where', (_what, value, path) => {
    const attempt = () => canonicalJson(value as Json);

    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(`${path}:`);
  });

  test('goes 1,000 levels deep and no deeper', () => {
    const deepest = canonicalJson(nested(1000));

    expect(deepest).toHaveLength(500 * '[]'.length + 500 * '{"a":}'.length + 1);
    expect(() => canonicalJson(nested(1001))).toThrow('nested deeper than 1000');
  });

  test('refuses a document that contains itself instead of running forever', () => {
    const document: { self?: Json } = {};
    document.self = document;

    expect(() => canonicalJson(document)).toThrow('nested deeper');
  });
});
