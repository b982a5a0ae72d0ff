import type { DriftWindows } from '../drift/contract.ts';
import { type Grain, MILLISECONDS } from '../telemetry/contract.ts';
import type { MonitorRules } from './contract.ts';

const grainOf = ({ windowMinutes }: DriftWindows): Exclude<Grain, 'day'> => (windowMinutes < 60 ? 'minute' : 'hour');

/**
 * Ends of the windows that were complete at `now` and are later than the last one checked, oldest first: after missed
 * runs the latest `catchUp` of them. A stream seen for the first time starts with its latest.
 */
export const dueWindows = (
  now: Date,
  checked: string | undefined,
  { windows, catchUp, lateMinutes }: Pick<MonitorRules, 'windows' | 'catchUp' | 'lateMinutes'>,
): string[] => {
  const step = MILLISECONDS[grainOf(windows)];
  const last = Math.floor((now.getTime() - lateMinutes * MILLISECONDS.minute) / step) * step;
  const missed = checked === undefined ? 1 : Math.max(0, Math.round((last - Date.parse(checked)) / step));
  const due = Math.min(missed, catchUp);
  return Array.from({ length: due }, (_, index) => new Date(last - (due - 1 - index) * step).toISOString());
};
