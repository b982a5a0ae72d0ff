import { describe, expect, test } from 'vitest';
import { chiSquareOfFit, chiSquareOfTwo } from '../../core/drift/chi-square.ts';
import { jensenShannonDistance } from '../../core/drift/jensen-shannon.ts';
import { ksOfSamples, ksOfSketches, ksPValue } from '../../core/drift/kolmogorov-smirnov.ts';
import { psi } from '../../core/drift/psi.ts';
import { Sketch } from '../../core/telemetry/sketch.ts';
import { vectors } from '../support/vectors.ts';

type Case = {
  lib: string;
  stat: string;
  ref: string;
  cur: string;
  featureType?: 'num' | 'cat';
  value: number;
  pvalue: number;
  D: number;
  edges: number[];
  binEdges: number[];
};
const { datasets, cases } = vectors<{ datasets: Record<string, (number | string)[]>; cases: Case[] }>(
  'drift_univariate',
);
const upstream = vectors<{
  cases: {
    stat: string;
    refCounts: Record<string, number>;
    curCounts: Record<string, number>;
    expected: number;
    tol: number;
  }[];
}>('drift_upstream_tests').cases;

const of = (stat: string, featureType?: 'num' | 'cat'): Case[] =>
  cases.filter((each) => each.stat === stat && each.featureType === featureType);
const dataset = (name: string) => datasets[name] as (number | string)[];
const numbers = (name: string) => dataset(name) as number[];
const sketchOf = (values: readonly number[]): Sketch => {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

/** As numpy counts: each bin up to its upper edge, the last one with it. What lies outside is counted last. */
const histogram = (values: readonly number[], edges: readonly number[]): number[] => {
  const last = edges.length - 2;
  const counts = edges.slice(1).map((high, bin) => {
    const low = edges[bin] as number;
    return values.filter((value) => value >= low && (value < high || (bin === last && value === high))).length;
  });
  return [...counts, values.length - counts.reduce((sum, count) => sum + count, 0)];
};
const inBins = ({ ref, cur, featureType }: Case, edges: readonly number[] | undefined): [number[], number[]] => {
  if (edges !== undefined && featureType !== 'cat')
    return [histogram(numbers(ref), edges), histogram(numbers(cur), edges)];
  const categories = [...new Set([...dataset(ref), ...dataset(cur)])];
  const counts = (name: string) =>
    categories.map((category) => dataset(name).filter((value) => value === category).length);
  return [counts(ref), counts(cur)];
};
const sturgesEdges = ({ cur }: Case) =>
  cases.find((each) => each.stat === 'sturges_edges_combined' && each.cur === cur)?.edges as number[];

describe('Evidently, on the same histograms', () => {
  /** Its bins cover both samples: there is nothing outside, and an empty last bin would be floored like any other. */
  const binned = (each: Case) =>
    inBins(each, sturgesEdges(each)).map((counts) => (each.featureType === 'num' ? counts.slice(0, -1) : counts)) as [
      number[],
      number[],
    ];

  test.each([...of('psi', 'num'), ...of('psi', 'cat')])('$stat of $ref and $cur is $value', (each) => {
    expect(psi(...binned(each), 1e-4)).toBeCloseTo(each.value, 10);
  });

  test.each([...of('jensenshannon_distance_natural_log', 'num'), ...of('jensenshannon_distance_natural_log', 'cat')])(
    '$stat of $ref and $cur is $value',
    (each) => {
      expect(jensenShannonDistance(...binned(each), Math.E)).toBeCloseTo(each.value, 10);
    },
  );

  test.each(of('ks_pvalue', 'num'))('$stat of $ref and $cur is $value', ({ ref, cur, value }) => {
    const distance = ksOfSamples(numbers(ref), numbers(cur));

    expect(ksPValue(distance, dataset(ref).length, dataset(cur).length) / value).toBeCloseTo(1, 8);
  });

  test.each(of('chisquare_gof_pvalue', 'cat'))('$stat of $ref and $cur is $value', (each) => {
    expect(chiSquareOfFit(...binned(each)).pValue).toBe(each.value);
  });

  test.each(upstream.filter(({ stat }) => stat === 'chisquare_gof_pvalue'))(
    'its own test of the chi-square test gives $expected',
    ({ refCounts, curCounts, expected, tol }) => {
      const { pValue } = chiSquareOfFit(Object.values(refCounts), Object.values(curCounts));

      expect(Math.abs(pValue - expected)).toBeLessThan(tol);
    },
  );
});

describe('NannyML', () => {
  test.each(of('jensen_shannon_base2'))('$stat of $ref and $cur is $value', (each) => {
    expect(jensenShannonDistance(...inBins(each, each.binEdges))).toBeCloseTo(each.value, 10);
  });

  test.each(of('kolmogorov_smirnov_D'))('$stat of $ref and $cur is $value', ({ ref, cur, value }) => {
    expect(ksOfSamples(numbers(ref), numbers(cur))).toBeCloseTo(value, 12);
  });

  test.each(of('chi2_contingency_stat'))('$stat of $ref and $cur is $value', (each) => {
    const { statistic, pValue } = chiSquareOfTwo(...inBins(each, undefined));

    expect(statistic).toBeCloseTo(each.value, 10);
    expect(pValue / each.pvalue).toBeCloseTo(1, 8);
  });
});

describe('SciPy', () => {
  test.each(of('ks_2samp(auto)'))('$stat of $ref and $cur has p = $pvalue', ({ ref, cur, D, pvalue }) => {
    const p = ksPValue(D, dataset(ref).length, dataset(cur).length);

    expect(p / pvalue).toBeCloseTo(1, 8);
  });

  test('of large samples the p-value is the limit, within a tenth of the exact one', () => {
    const exact = ksPValue(0.2, 300, 250);
    // The same distance at the same effective size, above what is counted exactly.
    const limit = ksPValue(0.2, 1_000_000, (300 * 250) / 550);

    expect(limit / exact).toBeGreaterThan(0.9);
    expect(limit / exact).toBeLessThan(1.1);
  });
});

describe('from sketches the value lies within what the sketches leave open', () => {
  const numeric = of('psi', 'num');

  /** Shares between edges that were not chosen for the sketch: each is known up to the mass of two sketch bins. */
  const shares = (values: readonly number[], edges: readonly number[]): { low: number; high: number }[] => {
    const sketch = sketchOf(values);
    const inner = edges.slice(1, -1).map((edge) => sketch.cdf(edge));
    const all = [{ share: 0, error: 0 }, ...inner, { share: 1, error: 0 }];
    return all.slice(1).map(({ share, error }, bin) => {
      const before = all[bin] as { share: number; error: number };
      const middle = share - before.share;
      return {
        low: Math.max(1e-4, middle - error - before.error),
        high: Math.max(1e-4, middle + error + before.error),
      };
    });
  };
  const term = (a: number, b: number) => (a - b) * Math.log(a / b);

  test.each(numeric)('PSI of $ref and $cur', (each) => {
    const [reference, current] = [
      shares(numbers(each.ref), sturgesEdges(each)),
      shares(numbers(each.cur), sturgesEdges(each)),
    ];

    const ranges = reference.map((expected, bin) => {
      const actual = current[bin] as { low: number; high: number };
      const apart = Math.max(term(actual.low, expected.high), term(actual.high, expected.low));
      const overlap = actual.low <= expected.high && expected.low <= actual.high;
      return {
        low: overlap ? 0 : Math.min(term(actual.low, expected.high), term(actual.high, expected.low)),
        high: apart,
      };
    });

    expect(each.value).toBeGreaterThanOrEqual(ranges.reduce((sum, { low }) => sum + low, 0));
    expect(each.value).toBeLessThanOrEqual(ranges.reduce((sum, { high }) => sum + high, 0));
  });

  test.each(of('kolmogorov_smirnov_D'))('Kolmogorov–Smirnov of $ref and $cur', ({ ref, cur, value }) => {
    const { low, high } = ksOfSketches(sketchOf(numbers(ref)).form(), sketchOf(numbers(cur)).form());

    expect(low).toBeLessThanOrEqual(value + 1e-12);
    expect(high).toBeGreaterThanOrEqual(value - 1e-12);
    expect(high - low).toBeLessThan(0.03);
  });
});
