import { expect, test } from 'vitest';
import type { Measure } from '../../core/kernel/metrics.ts';
import type { Ledger } from '../../core/telemetry/contract.ts';
import type { Summarised } from '../../core/telemetry/summarise-capture.ts';
import { measureSummarised } from '../../functions/telemetry/tell-summarised.ts';

const ledger = {
  events: 90,
  broken: { 'not-json': 3, 'too-long': 1 },
  refused: { 'no-model': 6 },
} as unknown as Ledger;

const measured = (summarised: Summarised, lag = 1200): Record<string, number> => {
  const values: Record<string, number> = {};
  const measure: Measure = ({ name }, value, ..._by) => {
    values[name] = value;
  };
  measureSummarised(measure, summarised, lag);
  return values;
};

test('a file that was counted is measured by what counted, what did not, and how long it took', () => {
  const values = measured({ outcome: 'summarised', minutes: 2, ledger });

  expect(values).toEqual({ EventsCounted: 90, EventsRefused: 6, LinesBroken: 4, CaptureLag: 1200 });
});

test.each<[string, Summarised, Record<string, number>]>([
  ['that was counted before', { outcome: 'known', minutes: 2, ledger }, {}],
  ['that was set aside before', { outcome: 'known-unreadable' }, {}],
  ['that is gone', { outcome: 'gone' }, {}],
  ['that is set aside', { outcome: 'unreadable', reason: 'cut off' }, { CapturesQuarantined: 1 }],
])('a file %s is measured as nothing but that, so that no delivery counts twice', (_, summarised, expected) => {
  expect(measured(summarised)).toEqual(expected);
});

test('a clock that is behind gives no negative time', () => {
  expect(measured({ outcome: 'summarised', minutes: 2, ledger }, -5)).toMatchObject({ CaptureLag: 0 });
});
