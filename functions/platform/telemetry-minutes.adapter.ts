import type { MinuteCounts, Stream } from '../../core/telemetry/contract.ts';
import { MILLISECONDS } from '../../core/telemetry/contract.ts';
import { readMinute } from '../../core/telemetry/index-items.ts';
import { mergeMinutes } from '../../core/telemetry/minute-index.ts';
import { startOf, telemetryKeys } from '../../core/telemetry/table.ts';
import { rethrow } from './aws-errors.ts';
import { queryItems } from './dynamodb.adapter.ts';

const { minute: MINUTE, hour: HOUR } = MILLISECONDS;
const iso = (moment: number): string => new Date(moment).toISOString();

/** The first and the last minute, hour by hour, of the minutes that begin in [first, end). */
const byHour = (first: number, end: number): [string, string][] => {
  const ranges: [string, string][] = [];
  for (let from = first; from < end; ) {
    const to = Math.min(end, Math.floor(from / HOUR) * HOUR + HOUR);
    ranges.push([iso(from), iso(to - MINUTE)]);
    from = to;
  }
  return ranges;
};

/** What each summary says of each minute of a stream that begins in [first, end), whole minutes both. */
export const minuteItems = async (table: string, stream: Stream, first: number, end: number) => {
  const found = await Promise.all(
    byHour(first, end).map(([from, to]) =>
      queryItems({ table, ...telemetryKeys.minutesBetween(stream, from, to), atMost: Number.POSITIVE_INFINITY }),
    ),
  ).catch(rethrow);
  return found.flat().map(readMinute);
};

/**
 * Counts of a stream by minute, from the minute that `from` lies in up to the last one that begins before `to`; a
 * minute of which nothing was heard is not there. One query per hour, no object is read.
 */
export const minutes =
  (table: string) =>
  async (stream: Stream, from: Date, to: Date): Promise<MinuteCounts[]> => {
    const first = Date.parse(startOf(from.toISOString(), 'minute'));
    const end = Math.ceil(to.getTime() / MINUTE) * MINUTE;
    return mergeMinutes(await minuteItems(table, stream, first, end));
  };
