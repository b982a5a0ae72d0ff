import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../core/kernel/canonical-json.ts';
import { encodeBinCounts } from '../../core/telemetry/bin-counts.ts';
import type { Tally } from '../../core/telemetry/contract.ts';
import { SketchMerger } from '../../core/telemetry/merged-sketch.ts';
import { mergedTally } from '../../core/telemetry/merged-tally.ts';
import { planFeatures, RunningTally } from '../../core/telemetry/running-tally.ts';
import { Sketch } from '../../core/telemetry/sketch.ts';

const sketchOf = (values: readonly number[]): Sketch => {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
};
const formsOf = (parts: readonly (readonly number[])[]) => parts.map((values) => sketchOf(values).form());

/** By their bits, so that two are rarely in one bin: a few thousand need wider bins. */
const anywhere = fc.tuple(fc.nat({ max: 0x7fef_ffff }), fc.boolean()).map(([word, negative]) => {
  const float = new DataView(new ArrayBuffer(8));
  float.setUint32(0, (word | (negative ? 0x8000_0000 : 0)) >>> 0);
  return float.getFloat64(0);
});
const values = fc.array(fc.oneof(fc.integer({ min: -5, max: 200 }), fc.double(), anywhere));

describe('sketches merged at once', () => {
  test('are the sketch of all values, bit for bit', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 6 }), (parts) => {
        expect(new SketchMerger().merge(formsOf(parts))).toEqual(sketchOf(parts.flat()).form());
      }),
    );
  });

  test('are that also when they do not fit at full resolution, alone or together', () => {
    const many = fc.array(anywhere, { minLength: 1200, maxLength: 3500 });
    let coarsest = 0;
    fc.assert(
      fc.property(fc.array(many, { minLength: 2, maxLength: 4 }), (parts) => {
        const merged = new SketchMerger().merge(formsOf(parts));

        expect(merged).toEqual(sketchOf(parts.flat()).form());
        coarsest = Math.max(coarsest, merged.level);
      }),
      { numRuns: 20 },
    );
    expect(coarsest).toBeGreaterThan(0);
  });

  test('leave nothing behind for the next ones', () => {
    const merger = new SketchMerger();

    merger.merge(formsOf([[1, 2, -3e300], [5e-320]]));

    expect(merger.merge(formsOf([[2], [7]]))).toEqual(sketchOf([2, 7]).form());
  });

  test('are refused when one contradicts itself or has a bin that no number has', () => {
    const [form = sketchOf([]).form()] = formsOf([[1, 2, 3]]);
    const outside = encodeBinCounts({ bins: Int32Array.of(131_072), counts: Float64Array.of(3) });

    expect(() => new SketchMerger().merge([form, { ...form, count: 4 }])).toThrow('4 values has 3 in its bins');
    expect(() => new SketchMerger().merge([form, { ...form, bins: outside }])).toThrow('131072');
  });
});

const plan = planFeatures(
  [
    { name: 'age', type: 'integer', required: true, personal: false },
    { name: 'region', type: 'category', required: true, personal: false, categories: ['north', 'south'] },
    { name: 'note', type: 'text', required: false, personal: false },
    { name: '__proto__', type: 'boolean', required: true, personal: false },
  ],
  undefined,
);
const event = fc.record(
  {
    age: fc.oneof(fc.integer(), fc.constant(null), fc.double()),
    region: fc.oneof(fc.constantFrom('north', 'south', 'west'), fc.string()),
    note: fc.string(),
    more: fc.integer(),
    latency: fc.double({ min: 0, max: 1e6, noNaN: true }),
    failed: fc.boolean(),
    prediction: fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.constant({})),
  },
  { requiredKeys: ['latency', 'failed'] },
);

const tallyOf = (events: readonly (typeof event extends fc.Arbitrary<infer Value> ? Value : never)[]): Tally => {
  const tally = new RunningTally();
  for (const { latency, failed, prediction, ...features } of events)
    tally.addEvent(
      {
        schemaVersion: 1,
        model: 'm',
        version: '1.0.0',
        deployment: 'd',
        timestamp: '2026-11-23T09:10:00Z',
        latency,
        status: failed ? 'error' : 'ok',
        ...(failed ? { error_code: 'E1', segment: 's' } : {}),
        ...(prediction === undefined ? {} : { prediction }),
        features,
      } as never,
      plan,
    );
  return tally.form();
};

test('tallies merged at once are those added one by one, byte for byte', () => {
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 20 }), { maxLength: 5 }), (spans) => {
      const tallies = spans.map(tallyOf);
      const oneByOne = new RunningTally();
      for (const tally of tallies) oneByOne.merge(tally);

      expect(canonicalJson(mergedTally(tallies))).toBe(canonicalJson(oneByOne.form()));
    }),
  );
});
