import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NEIGHBOURS, neighboursIn } from '../../../core/gates/training-data/neighbours.ts';
import { Reservoir } from '../../../core/gates/training-data/reservoir.ts';
import { readSample } from '../../../core/gates/training-data/training-sample.ts';
import { CONFIDENCE, wilsonInterval } from '../../../core/gates/training-data/wilson.ts';
import { digestOf } from '../../../core/kernel/digest.ts';
import { inBlocks, realDataSet, trainingVector } from '../../support/training-data.ts';

type Case = { hits: number; n: number; z: keyof typeof CONFIDENCE; low: number; high: number; confidence: number };

test.each(trainingVector<{ cases: Case[] }>('wilson.json').cases)(
  'the interval of $hits in $n at $z standard deviations is that of SciPy',
  ({ hits, n, z, low, high, confidence }) => {
    const interval = wilsonInterval(hits, n, z);

    expect(interval.low).toBeCloseTo(low, 10);
    expect(interval.high).toBeCloseTo(high, 10);
    expect(CONFIDENCE[z]).toBeCloseTo(confidence, 3);
  },
);

test('the neighbours of each wine, and how far those of other blocks are, are those of scikit-learn', async () => {
  const expected = trainingVector<{ nearest: number[][]; outside: number[] }>('wine-neighbours.json');
  const { rows, features } = await realDataSet('wine');
  const options = { digest: digestOf('wine'), features, block: 'block' };
  const { nearest, outside } = neighboursIn(await readSample(inBlocks(rows, 7), options, 'text'));

  for (const [row, neighbours] of expected.nearest.entries()) {
    const ours = [...nearest.subarray(row * NEIGHBOURS, (row + 1) * NEIGHBOURS)];
    expect(ours.toSorted((a, b) => a - b)).toEqual(neighbours.toSorted((a, b) => a - b));
    expect(outside[row]).toBeCloseTo(expected.outside[row] ?? 0, 8);
  }
});

test('a sample of a stream is as large as asked, in its order, and the same for the same digest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 50 }), fc.string(), (count, most, seed) => {
      const sample = () => {
        const reservoir = new Reservoir<number>(most, digestOf(seed));
        for (let item = 0; item < count; item++) reservoir.offer(() => item);
        return reservoir.items();
      };

      const items = sample();

      expect(items).toHaveLength(Math.min(count, most));
      expect(items).toEqual([...new Set(items)].toSorted((a, b) => a - b));
      expect(sample()).toEqual(items);
    }),
  );
});

test('each row of a stream is as likely to be in a sample as any other', () => {
  const drawn = new Array<number>(40).fill(0);
  const tries = 4000;
  for (let seed = 0; seed < tries; seed++) {
    const reservoir = new Reservoir<number>(10, digestOf(String(seed)));
    for (let item = 0; item < drawn.length; item++) reservoir.offer(() => item);
    for (const item of reservoir.items()) drawn[item] = (drawn[item] ?? 0) + 1;
  }

  // A quarter of the tries, give or take five standard deviations.
  for (const times of drawn) expect(Math.abs(times - tries / 4)).toBeLessThan(5 * Math.sqrt((tries * 3) / 16));
});
