import { z } from 'zod';
import { type MinuteCounts, type Retention, Stream } from './contract.ts';
import type { MinuteEntry } from './minute-index.ts';
import { SketchForm } from './sketch-form.ts';
import { telemetryKeys } from './table.ts';

/** How a minute lies in the table. The sketch is text: a number of DynamoDB is narrower than a double. */
const MinuteItem = z.object({
  start: z.iso.datetime(),
  summary: z.string(),
  requests: z.int(),
  errors: z.int(),
  latency: z.string(),
});

export const minuteItem = (summary: string, { stream, start, requests, errors, latency }: MinuteEntry) => ({
  ...telemetryKeys.minute(stream, start, summary),
  start,
  summary,
  requests,
  errors,
  latency: JSON.stringify(latency),
});

export const readMinute = (item: unknown): MinuteCounts & { summary: string } => {
  const { latency, ...counts } = MinuteItem.parse(item);
  return { ...counts, latency: SketchForm.parse(JSON.parse(latency)) };
};

/** A stream, and the last minute in which something was counted of it. */
export const HeardStream = z.object({ stream: Stream, lastEventAt: z.iso.datetime() });
export type HeardStream = z.infer<typeof HeardStream>;

/** When a stream that says nothing more is forgotten: with the last of its windows. */
export const streamExpiresAt = (lastEventAt: string, { windowDays }: Retention): number =>
  Math.floor(Date.parse(lastEventAt) / 1000) + windowDays * 24 * 3600;
