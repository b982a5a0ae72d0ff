import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MonitorRules } from '../../core/monitor/contract.ts';
import { dueWindows } from '../../core/monitor/due-windows.ts';

const rules = MonitorRules.parse({});
const perMinute = MonitorRules.parse({ windows: { windowMinutes: 1 }, lateMinutes: 0 });
const at = (time: string) => new Date(`2026-11-23T${time}Z`);

test('a window of a day ends with every hour, a quarter of an hour later', () => {
  const ends = ['13:00:00', '13:14:00', '13:15:00', '13:59:00'].map((time) => dueWindows(at(time), undefined, rules));

  expect(ends).toEqual([
    ['2026-11-23T12:00:00.000Z'],
    ['2026-11-23T12:00:00.000Z'],
    ['2026-11-23T13:00:00.000Z'],
    ['2026-11-23T13:00:00.000Z'],
  ]);
});

test('what was checked is not due again', () => {
  expect(dueWindows(at('13:20:00'), '2026-11-23T13:00:00.000Z', rules)).toEqual([]);
  expect(dueWindows(at('13:20:00'), '2026-11-23T15:00:00.000Z', rules)).toEqual([]);
});

test('whenever runs come: no window twice, none left out within the bound, oldest first', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: perMinute.catchUp }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(gaps, (minutes) => {
      let now = at('12:00:00').getTime();
      let last: string | undefined = dueWindows(new Date(now), undefined, perMinute).at(-1);
      const checked: string[] = [];
      for (const gap of minutes) {
        now += gap * 60_000;
        const due = dueWindows(new Date(now), last, perMinute);
        checked.push(...due);
        last = due.at(-1) ?? last;
      }

      const expected = minutes.reduce((sum, gap) => sum + gap, 0);
      expect(checked).toHaveLength(expected);
      expect(checked).toEqual([...new Set(checked)].toSorted());
    }),
  );
});
