import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { type GateOutcome, MetricThreshold } from '../../core/gates/contract.ts';
import { metricFindings } from '../../core/gates/metric-thresholds.ts';
import { type ManifestInput, manifestWith } from '../support/manifest.ts';

type MetricInput = NonNullable<ManifestInput['metrics']>[number];

const judge = (metrics: MetricInput[], threshold: z.input<typeof MetricThreshold>) =>
  metricFindings(
    manifestWith((manifest) => {
      manifest.metrics = metrics;
    }),
    'standard',
    [MetricThreshold.parse(threshold)],
  );

const auc = (value: number, more: Partial<MetricInput> = {}): MetricInput => ({ name: 'auc', value, ...more });
const interval = (low: number, high: number) => ({ interval: { low, high, confidence: 0.95 } });
const atLeast = { metric: 'auc', minimum: 0.8 };

describe('a metric against a threshold', () => {
  test.each<[string, MetricInput, Partial<z.input<typeof MetricThreshold>>, GateOutcome]>([
    ['on the minimum', auc(0.8), {}, 'pass'],
    ['below the minimum', auc(0.79), {}, 'fail'],
    ['above the maximum', auc(0.99), { maximum: 0.98 }, 'fail'],
    ['between both', auc(0.9), { maximum: 0.98 }, 'pass'],
    ['with an interval above the minimum', auc(0.85, interval(0.81, 0.89)), {}, 'pass'],
    ['with an interval that reaches below', auc(0.85, interval(0.79, 0.9)), {}, 'not-enough-evidence'],
    ['below, with an interval that reaches above', auc(0.79, interval(0.7, 0.9)), {}, 'fail'],
    ['on enough samples', auc(0.9, { n: 500 }), { minimumN: 500 }, 'pass'],
    ['on too few samples', auc(0.9, { n: 499 }), { minimumN: 500 }, 'not-enough-evidence'],
    ['on nobody knows how many samples', auc(0.9), { minimumN: 500 }, 'not-enough-evidence'],
    ['below on too few samples', auc(0.5, { n: 3 }), { minimumN: 500 }, 'fail'],
  ])('%s', (_, metric, change, outcome) => {
    const findings = judge([metric], { ...atLeast, ...change });

    expect(findings).toMatchObject([{ outcome, path: '$.metrics[0]', measured: metric.value }]);
  });

  test('where lower is better, the upper end of the interval counts', () => {
    const threshold = { metric: 'auc', maximum: 0.1 };

    expect(judge([auc(0.08, interval(0.07, 0.09))], threshold)).toMatchObject([{ outcome: 'pass' }]);
    expect(judge([auc(0.08, interval(0.07, 0.11))], threshold)).toMatchObject([{ outcome: 'not-enough-evidence' }]);
  });

  test('is not reached by a metric that nobody declared', () => {
    expect(judge([], atLeast)).toMatchObject([{ outcome: 'not-enough-evidence', path: '$.metrics' }]);
  });

  test('has to hold on every data set it was measured on', () => {
    const findings = judge([auc(0.9, { dataset: 'test' }), auc(0.7, { dataset: 'holdout' })], atLeast);

    expect(findings.map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
  });

  test('binds only the model and the tiers it names', () => {
    expect(judge([], { ...atLeast, model: 'churn' })).toEqual([]);
    expect(judge([], { ...atLeast, tiers: ['full'] })).toEqual([]);
    expect(judge([], { ...atLeast, model: 'fraud' })).toHaveLength(1);
  });
});
