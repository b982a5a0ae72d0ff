import { expect, test } from 'vitest';
import { metrics } from '../../core/kernel/metrics.ts';
import { measureIn } from '../../functions/platform/measure.ts';

const clock = { now: () => new Date('2026-03-01T12:00:00Z') };

const written = () => {
  const lines: string[] = [];
  const measure = measureIn({ stage: 'test', clock, write: (line) => lines.push(line) });
  return { measure, lines: () => lines.map((line) => JSON.parse(line)) };
};

test('a metric is one line in the embedded metric format, counted by each dimension that it names', () => {
  const { measure, lines } = written();

  measure(metrics.holdsPlaced, 1, { Severity: 'page', Signal: 'drift' });

  expect(lines()).toEqual([
    {
      _aws: {
        Timestamp: clock.now().getTime(),
        CloudWatchMetrics: [
          {
            Namespace: 'Clearance',
            Dimensions: [
              ['Stage', 'Severity'],
              ['Stage', 'Signal'],
            ],
            Metrics: [{ Name: 'HoldsPlaced', Unit: 'Count' }],
          },
        ],
      },
      Stage: 'test',
      Severity: 'page',
      Signal: 'drift',
      HoldsPlaced: 1,
    },
  ]);
});

test('a metric of the whole plane is told apart by the stage alone', () => {
  const { measure, lines } = written();

  measure(metrics.factLag, 250);

  expect(lines()).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Dimensions: [['Stage']] }] }, FactLag: 250 }]);
});

test('no metric has the name of a dimension or of another metric, so that no line says two things under one name', () => {
  const named = Object.values(metrics);
  const names = named.map(({ name }) => name);
  const dimensions = new Set(['Stage', ...named.flatMap(({ by }): readonly string[] => by)]);

  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => dimensions.has(name))).toEqual([]);
});
