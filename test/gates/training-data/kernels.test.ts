import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NEIGHBOURS, neighboursIn } from '../../../core/gates/training-data/neighbours.ts';
import { drawnBy, Reservoir } from '../../../core/gates/training-data/reservoir.ts';
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

test('the neighbours of each wine, and how far away they are, are those of NumPy', async () => {
  const expected = trainingVector<{ nearest: number[][]; outside: number[]; quarter: number[] }>(
    'wine-neighbours.json',
  );
  const { rows, features } = await realDataSet('wine');
  const options = { digest: digestOf('wine'), features, block: 'block' };
  const { nearest, outside, quarter } = neighboursIn(await readSample(inBlocks(rows, 7), options, 'text'));

  for (const [row, neighbours] of expected.nearest.entries()) {
    expect([...nearest.subarray(row * NEIGHBOURS, (row + 1) * NEIGHBOURS)]).toEqual(neighbours);
    expect(outside[row]).toBeCloseTo(expected.outside[row] ?? 0, 8);
    expect(quarter[row]).toBeCloseTo(expected.quarter[row] ?? 0, 8);
  }
});

const offered = (count: number, most: number, seed: string, shrunk = most): number[] => {
  const reservoir = new Reservoir<number>(most, drawnBy(digestOf(seed)));
  for (let item = 0; item < count; item++) {
    if (item === count >> 1) reservoir.shrink(shrunk);
    reservoir.offer(() => item);
  }
  return reservoir.items;
};

test('a sample of a stream is as large as asked, without repetition, and the same for the same digest', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })).map(([a, b]) => [a + b, a]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), sizes, fc.string(), (count, [most = 1, shrunk = 1], seed) => {
      const items = offered(count, most, seed, shrunk);

      expect(items).toHaveLength(Math.min(count, shrunk));
      expect(new Set(items).size).toBe(items.length);
      expect(offered(count, most, seed, shrunk)).toEqual(items);
    }),
  );
});

test.each([10, 25])(
  'each row of a stream is as likely to be in a sample as any other, also when there was room for %i at first',
  (most) => {
    const drawn = new Array<number>(40).fill(0);
    const tries = 4000;
    for (let seed = 0; seed < tries; seed++)
      for (const item of offered(drawn.length, most, String(seed), 10)) drawn[item] = (drawn[item] ?? 0) + 1;

    // A quarter of the tries, give or take five standard deviations.
    for (const times of drawn) expect(Math.abs(times - tries / 4)).toBeLessThan(5 * Math.sqrt((tries * 3) / 16));
  },
);
