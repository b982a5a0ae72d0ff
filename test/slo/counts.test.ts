import { describe, expect, test } from 'vitest';
import type { Objective } from '../../core/slo/contract.ts';
import { countsFor, countsOf } from '../../core/slo/counts.ts';
import { objectivesOf, SloDocument } from '../../core/slo/slo-document.ts';
import type { Tally, Window } from '../../core/telemetry/contract.ts';
import { mergeSummaries, rollUp } from '../../core/telemetry/window.ts';
import { inference, jsonLines, summaryOf } from '../support/inference.ts';
import { availabilitySlo, latencySlo } from '../support/slo.ts';

const [availability] = objectivesOf(SloDocument.parse(availabilitySlo())) as [Objective];
const [fast] = objectivesOf(SloDocument.parse(latencySlo())) as [Objective];

const windowsOf = async (...events: object[]): Promise<Window[]> =>
  mergeSummaries(await summaryOf(jsonLines(...events)));
const at = (time: string, more: object = {}) => inference({ timestamp: `2026-11-23T${time}Z`, ...more });

test('availability counts errors, latency what took longer than its limit', async () => {
  const [window] = await windowsOf(
    at('10:00:00', { latency: 10 }),
    at('10:00:01', { latency: 250 }),
    at('10:00:02', { latency: 255 }),
    at('10:00:03', { latency: 400, status: 'error' }),
  );

  expect(countsOf(window?.tally as Tally, availability)).toEqual({ total: 4, bad: 1 });
  expect(countsOf(window?.tally as Tally, fast)).toEqual({ total: 4, bad: 2 });
});

describe('what happened in the last minutes', () => {
  const events = ['08:10:00', '09:59:30', '10:00:30', '10:01:30', '10:02:00'].map((time) =>
    at(time, { status: 'error' }),
  );
  const to = new Date('2026-11-23T10:02:00Z');

  test('is what lies wholly within them', async () => {
    const windows = await windowsOf(...events);

    expect(countsFor(windows, availability, to)(1)).toEqual({ total: 1, bad: 1 });
    expect(countsFor(windows, availability, to)(2)).toEqual({ total: 2, bad: 2 });
    expect(countsFor(windows, availability, to)(180)).toEqual({ total: 4, bad: 4 });
  });

  test('is counted once where an hour and its minutes are both there', async () => {
    const minutes = await windowsOf(...events);
    const mixed = [...minutes, ...rollUp(minutes, 'hour')];

    expect(countsFor(mixed, availability, to)(180)).toEqual({ total: 4, bad: 4 });
    expect(countsFor(mixed, availability, to)(2)).toEqual({ total: 2, bad: 2 });
  });

  test('is summed over deployments', async () => {
    const windows = await windowsOf(...events, ...events.map((event) => ({ ...event, deployment: 'shadow' })));

    expect(countsFor(windows, availability, to)(2)).toEqual({ total: 4, bad: 4 });
  });
});
