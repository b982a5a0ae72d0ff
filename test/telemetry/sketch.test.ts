import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coarser, decodeBinCounts, encodeBinCounts } from '../../core/telemetry/bin-counts.ts';
import { binOf, edgesOf, middleOf, RELATIVE_ERROR } from '../../core/telemetry/float-bins.ts';
import { Sketch } from '../../core/telemetry/sketch.ts';

const sketchOf = (values: readonly number[]): Sketch => {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
};
const merged = (sketches: readonly Sketch[]): Sketch => {
  const all = new Sketch();
  for (const sketch of sketches) all.merge(sketch.form());
  return all;
};

/** What features look like, and what they should not: any float64, NaN and infinities with it. */
const value = fc.oneof(fc.integer({ min: -5, max: 200 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double());
/** Above 2^-1022 in magnitude, where float64 has its full precision. */
const normal = fc
  .double({ min: -1e300, max: 1e300, noNaN: true })
  .filter((number) => number === 0 || Math.abs(number) > 1e-300);

describe('the lattice of float64', () => {
  test('has the exponent and 6 bits of the mantissa as bin', () => {
    expect([0, -0, 1, 2, 1 + 1 / 64, 1.5, -1].map(binOf)).toEqual([0, 0, 65472, 65536, 65473, 65504, -65473]);
  });

  test('keeps the order of numbers', () => {
    fc.assert(
      fc.property(normal, normal, (a, b) => {
        expect(Math.sign(binOf(a) - binOf(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('puts a number between the edges of its bin and within 0.78 % of the middle', () => {
    fc.assert(
      fc.property(normal, (number) => {
        const [low, high] = edgesOf(binOf(number), 0);

        expect(number).toBeGreaterThanOrEqual(low);
        expect(number).toBeLessThanOrEqual(high);
        expect(Math.abs(middleOf(binOf(number), 0) - number)).toBeLessThanOrEqual(
          RELATIVE_ERROR * Math.abs(number) + Number.MIN_VALUE + 1e-307,
        );
      }),
    );
    expect(RELATIVE_ERROR).toBe(0.0078125);
  });
});

describe('counts of bins as text', () => {
  const countsOf = (pairs: readonly (readonly [number, number])[]) => ({
    bins: Int32Array.from(pairs, ([bin]) => bin),
    counts: Float64Array.from(pairs, ([, count]) => count),
  });

  test('come back as they were, and one list has one text', () => {
    const pair = fc.tuple(fc.integer({ min: -131_072, max: 131_071 }), fc.nat({ max: 2 ** 53 - 1 }));
    const pairs = fc.uniqueArray(pair, { selector: ([bin]) => bin }).map((list) => list.sort(([a], [b]) => a - b));
    fc.assert(
      fc.property(pairs, (list) => {
        const read = decodeBinCounts(encodeBinCounts(countsOf(list)));

        expect(read).toEqual(countsOf(list));
        expect(encodeBinCounts(read)).toBe(encodeBinCounts(countsOf(list)));
      }),
    );
  });

  test('that were cut off are not read as fewer', () => {
    const cut = Buffer.from(encodeBinCounts(countsOf([[100, 300]])), 'base64').subarray(0, 3);

    expect(() => decodeBinCounts(cut.toString('base64'))).toThrow(TypeError);
  });

  test('over wider bins are the sums of neighbours, below zero too', () => {
    const fine = countsOf([
      [-3, 1],
      [-2, 2],
      [-1, 4],
      [0, 8],
      [1, 16],
      [7, 32],
    ]);

    expect(coarser(fine, 1)).toEqual(
      countsOf([
        [-2, 1],
        [-1, 6],
        [0, 24],
        [3, 32],
      ]),
    );
  });
});

describe('a sketch', () => {
  test('of parts, merged in any order, is that of the whole, bit for bit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, fc.nat({ max: 4 }))),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        (labelled, order) => {
          const parts = order.map((part) => sketchOf(labelled.filter(([, label]) => label === part).map(([v]) => v)));
          const [a, b, c, d, e] = parts as [Sketch, Sketch, Sketch, Sketch, Sketch];

          const whole = JSON.stringify(sketchOf(labelled.map(([v]) => v)).form());
          const inTurn = JSON.stringify(merged(parts).form());
          const grouped = JSON.stringify(merged([merged([a, b]), merged([merged([c, d]), e])]).form());

          expect([inTurn, grouped]).toEqual([whole, whole]);
        },
      ),
    );
  });

  test('keeps the law when its values do not fit at full resolution', () => {
    const bits = fc.array(fc.tuple(fc.nat({ max: 0x7fef_ffff }), fc.boolean()), { minLength: 4000, maxLength: 6000 });
    let coarsest = 0;
    fc.assert(
      fc.property(bits, fc.integer({ min: 1, max: 3999 }), (highWords, cut) => {
        const values = highWords.map(([word, negative]) => {
          const float = new DataView(new ArrayBuffer(8));
          float.setUint32(0, (word | (negative ? 0x8000_0000 : 0)) >>> 0);
          return float.getFloat64(0);
        });

        const whole = sketchOf(values);
        const parts = merged([sketchOf(values.slice(cut)), sketchOf(values.slice(0, cut))]);

        expect(parts.form()).toEqual(whole.form());
        expect(whole.live).toBeLessThanOrEqual(2048);
        expect(whole.binCounts().counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        coarsest = Math.max(coarsest, whole.level);
      }),
      { numRuns: 20 },
    );
    expect(coarsest).toBeGreaterThan(0);
  });

  test('gives quantiles within its stated error of the exact ones', () => {
    fc.assert(
      fc.property(
        fc.array(normal, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const sketch = sketchOf(values);
          const exact = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] as number;

          const quantile = sketch.quantile(share) as number;

          expect(Math.abs(quantile - exact)).toBeLessThanOrEqual(sketch.relativeError * Math.abs(exact) + 1e-300);
        },
      ),
    );
  });

  test('gives the share below a limit within the error that it states', () => {
    fc.assert(
      fc.property(fc.array(normal, { minLength: 1, maxLength: 300 }), normal, (values, limit) => {
        const exact = values.filter((number) => number <= limit).length / values.length;

        const { share, error } = sketchOf(values).cdf(limit);

        expect(Math.abs(share - exact)).toBeLessThanOrEqual(error + 1e-12);
      }),
    );
  });

  test('counts what is no number apart from the numbers', () => {
    const sketch = sketchOf([1, Number.NaN, Number.POSITIVE_INFINITY, -0, 0]);

    expect(sketch.form()).toMatchObject({ count: 3, nonFinite: 2, min: 0, max: 1 });
    expect(sketch.binCounts()).toEqual({ bins: Int32Array.of(0, 65472), counts: Float64Array.of(2, 1) });
  });

  test('of nothing has no smallest value and no quantile', () => {
    expect(new Sketch().form()).toEqual({ bins: '', count: 0, level: 0, nonFinite: 0 });
    expect(new Sketch().quantile(0.5)).toBeUndefined();
  });

  test('that contradicts itself is not merged', () => {
    const form = sketchOf([1, 2, 3]).form();

    expect(() => Sketch.of({ ...form, count: 4 })).toThrow(TypeError);
  });
});
