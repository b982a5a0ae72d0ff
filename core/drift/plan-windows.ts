import { type Grain, MILLISECONDS } from '../telemetry/contract.ts';
import type { DriftWindows } from './contract.ts';

export type Span = { readonly grain: Grain; readonly start: string };

/** Which stored windows one check reads. */
export type WindowPlan = {
  /** Together the window that is judged. */
  readonly current: readonly Span[];
  /** Each list together one earlier window, oldest first. */
  readonly history: readonly (readonly Span[])[];
  readonly from: string;
  readonly to: string;
};

const { minute: MINUTE, hour: HOUR, day: DAY } = MILLISECONDS;

const spans = (grain: Grain, from: number, to: number): Span[] =>
  Array.from({ length: Math.round((to - from) / MILLISECONDS[grain]) }, (_, index) => ({
    grain,
    start: new Date(from + index * MILLISECONDS[grain]).toISOString(),
  }));

/** How many days back, the farthest first. */
const daysBack = (days: number): number[] => Array.from({ length: days }, (_, index) => days - index);

/**
 * Days that ended before the current window began. A shorter window is compared with the same hours of earlier days:
 * what is usual at noon is not what is usual at night. Windows of minutes have no history.
 */
const historyOf = (from: number, to: number, days: number): Span[][] => {
  if (to - from < HOUR) return [];
  const lastDay = Math.floor(from / DAY) * DAY;
  return daysBack(days).map((back) =>
    to - from === DAY
      ? spans('day', lastDay - back * DAY, lastDay - (back - 1) * DAY)
      : spans('hour', from - back * DAY, to - back * DAY),
  );
};

/**
 * The windows of a check at a moment: the current one up to the last complete minute or hour, and its history. With 24
 * hours and 28 days these are 52 stored windows.
 */
export const planWindows = (now: Date, { windowMinutes, historyDays }: DriftWindows): WindowPlan => {
  const grain = windowMinutes < 60 ? 'minute' : 'hour';
  const to = Math.floor(now.getTime() / MILLISECONDS[grain]) * MILLISECONDS[grain];
  const from = to - windowMinutes * MINUTE;
  return {
    current: spans(grain, from, to),
    history: historyOf(from, to, historyDays),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  };
};
