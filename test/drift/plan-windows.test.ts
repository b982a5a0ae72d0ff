import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DriftWindows } from '../../core/drift/contract.ts';
import { planWindows, type Span } from '../../core/drift/plan-windows.ts';
import { MILLISECONDS } from '../../core/telemetry/contract.ts';

const now = new Date('2026-11-23T13:25:40Z');
const ends = ({ grain, start }: Span) => Date.parse(start) + MILLISECONDS[grain];

test('a check of a day and a month reads 52 windows', () => {
  const plan = planWindows(now, DriftWindows.parse({}));

  expect(plan.current).toHaveLength(24);
  expect(plan.current[0]).toEqual({ grain: 'hour', start: '2026-11-22T13:00:00.000Z' });
  expect(plan.history).toHaveLength(28);
  expect(plan.history.at(-1)).toEqual([{ grain: 'day', start: '2026-11-21T00:00:00.000Z' }]);
  expect([plan.from, plan.to]).toEqual(['2026-11-22T13:00:00.000Z', '2026-11-23T13:00:00.000Z']);
});

test('a shorter window is compared with the same hours of earlier days', () => {
  const plan = planWindows(now, DriftWindows.parse({ windowMinutes: 120, historyDays: 2 }));

  expect(plan.history.map((spans) => spans.map(({ start }) => start))).toEqual([
    ['2026-11-21T11:00:00.000Z', '2026-11-21T12:00:00.000Z'],
    ['2026-11-22T11:00:00.000Z', '2026-11-22T12:00:00.000Z'],
  ]);
});

test('a window of minutes has no history', () => {
  const plan = planWindows(now, DriftWindows.parse({ windowMinutes: 2 }));

  expect(plan.current.map(({ start }) => start)).toEqual(['2026-11-23T13:23:00.000Z', '2026-11-23T13:24:00.000Z']);
  expect(plan.history).toEqual([]);
});

test('whenever it is asked for: complete, without gaps, and no history within the current window', () => {
  const length = fc.oneof(
    fc.integer({ min: 1, max: 59 }),
    fc.integer({ min: 1, max: 24 }).map((hours) => hours * 60),
  );
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      length,
      (at, windowMinutes) => {
        const { current, history, from, to } = planWindows(at, { windowMinutes, historyDays: 5 });

        expect(ends(current.at(-1) as Span)).toBe(Date.parse(to));
        expect(Date.parse(to)).toBeLessThanOrEqual(at.getTime());
        expect(Date.parse(to) - Date.parse(from)).toBe(windowMinutes * 60_000);
        current.slice(1).forEach(({ start }, index) => {
          expect(Date.parse(start)).toBe(ends(current[index] as Span));
        });
        for (const spans of history) {
          expect(ends(spans.at(-1) as Span)).toBeLessThanOrEqual(Date.parse(from));
          expect(spans.reduce((sum, { grain }) => sum + MILLISECONDS[grain], 0)).toBe(windowMinutes * 60_000);
        }
      },
    ),
  );
});

test('a window of one and a half hours is not to be had', () => {
  expect(DriftWindows.safeParse({ windowMinutes: 90 }).success).toBe(false);
});
