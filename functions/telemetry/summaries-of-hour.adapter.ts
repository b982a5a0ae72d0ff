import { MILLISECONDS } from '../../core/telemetry/contract.ts';
import type { SummariesOfHour } from '../../core/telemetry/ports.ts';
import { minuteItems } from '../platform/telemetry-minutes.adapter.ts';

/** From the minutes of the hour: the summary that each of them names. */
export const summariesOfHour =
  (table: string): SummariesOfHour =>
  async (stream, start) => {
    const first = Date.parse(start);
    const items = await minuteItems(table, stream, first, first + MILLISECONDS.hour);
    return [...new Set(items.map(({ summary }) => summary))].sort();
  };
