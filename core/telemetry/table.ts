import { digestOf, hexOf } from '../kernel/digest.ts';
import { type Grain, MILLISECONDS, type Retention, type Source, type Stream, streamPath } from './contract.ts';

/**
 * Access patterns of the telemetry table; what is large stands in the bucket. Reads are strongly consistent but for
 * the index, whose readers are asked again.
 *
 * | who asks what                                  | key                                                        |
 * |------------------------------------------------|------------------------------------------------------------|
 * | what was counted of a stream, by minute        | pk STREAM#m/v/d#hour, sk MINUTE#start#summary              |
 * | which summaries an hour of a stream rests on   | the same, whole partition                                  |
 * | which streams there are, and until when        | pk STREAMS, sk m/v/d                                       |
 * | what has to be merged again, since when        | pk STREAM#m/v/d, sk HOUR#start or DAY#start; index open: ROLL-UP, dueAt <= now |
 * | whether a capture file was set aside, and why  | pk CAPTURE#id, sk REJECTED; index open: REJECTED, by time  |
 * | facts on their way to the bus (stream)         | pk FACT#id, sk FACT                                        |
 *
 * A minute item is one element of a set: named by stream, minute and summary, and a function of the summary, so that
 * writing it twice, late or in another order changes nothing. A mark is raised after the items that it is about, and
 * cleared only at the revision at which they were read: what is added in between keeps it standing. See ADR 6.
 */
export const telemetryKeys = {
  minute: (stream: Stream, start: string, summary: string) => ({
    pk: minutesPk(stream, start),
    sk: `MINUTE#${start}#${summary.split('/').at(-1)}`,
  }),
  /** Minutes of one hour, from `first` to `last` inclusive. */
  minutesBetween: (stream: Stream, first: string, last: string) => ({
    pk: minutesPk(stream, first),
    // `$` follows `#`, so that everything of the last minute is below it.
    between: [`MINUTE#${first}`, `MINUTE#${last}$`] as const,
  }),
  stream: (stream: Stream) => ({ pk: STREAMS, sk: streamPath(stream) }),
  mark: (stream: Stream, grain: Exclude<Grain, 'minute'>, start: string) => ({
    pk: `STREAM#${streamPath(stream)}`,
    sk: `${grain.toUpperCase()}#${start}`,
  }),
  rejected: ({ key, versionId }: Source) => ({
    pk: `CAPTURE#${hexOf(digestOf(`${key}\n${versionId}`))}`,
    sk: 'REJECTED',
  }),
} as const;

export const STREAMS = 'STREAMS';
/** Partitions of the sparse index `open`. */
export const OPEN = { rollUp: 'ROLL-UP', rejected: 'REJECTED' } as const;

/** Start of the span of a grain that a moment lies in. */
export const startOf = (moment: string, grain: Grain): string =>
  new Date(Math.floor(Date.parse(moment) / MILLISECONDS[grain]) * MILLISECONDS[grain]).toISOString();

const minutesPk = (stream: Stream, start: string) => `STREAM#${streamPath(stream)}#${startOf(start, 'hour')}`;

/** The minutes of an hour expire together, whenever they were counted. */
export const minutesExpireAt = (start: string, { minuteDays }: Retention): Date =>
  new Date(Date.parse(startOf(start, 'hour')) + minuteDays * MILLISECONDS.day);
