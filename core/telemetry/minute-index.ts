import { type Ledger, type MinuteCounts, type Stream, type SummaryPart, streamPath } from './contract.ts';
import { Sketch } from './sketch.ts';

/** What one summary says about one minute of one stream. */
export type MinuteEntry = MinuteCounts & { readonly stream: Stream };

type Running = { stream: Stream; start: string; requests: number; errors: number; latency: Sketch };

/** The light counts of a summary, whose parts may tell of the same minute, and its ledger. */
export const minutesOf = async (
  parts: AsyncIterable<SummaryPart>,
): Promise<{ entries: MinuteEntry[]; ledger: Ledger | undefined }> => {
  const minutes = new Map<string, Running>();
  let ledger: Ledger | undefined;
  for await (const part of parts) {
    ledger = part.ledger ?? ledger;
    for (const { stream, start, tally } of part.windows) {
      const name = `${streamPath(stream)}#${start}`;
      const running = minutes.get(name) ?? { stream, start, requests: 0, errors: 0, latency: new Sketch() };
      running.requests += tally.requests;
      running.errors += tally.errors;
      running.latency.merge(tally.latency);
      minutes.set(name, running);
    }
  }
  const entries = [...minutes.values()].map((minute) => ({ ...minute, latency: minute.latency.form() }));
  return { entries, ledger };
};

/** The counts of minutes from those of several summaries, by time. */
export const mergeMinutes = (counts: readonly MinuteCounts[]): MinuteCounts[] => {
  const minutes = new Map<string, { requests: number; errors: number; latency: Sketch }>();
  for (const { start, requests, errors, latency } of counts) {
    const running = minutes.get(start) ?? { requests: 0, errors: 0, latency: new Sketch() };
    running.requests += requests;
    running.errors += errors;
    running.latency.merge(latency);
    minutes.set(start, running);
  }
  return [...minutes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([start, { requests, errors, latency }]) => ({ start, requests, errors, latency: latency.form() }));
};
