import { type Grain, MILLISECONDS, type Stream, type SummaryPart, streamPath, Window } from './contract.ts';
import { StreamTallies } from './stream-tallies.ts';

/** Half-open, in milliseconds since 1970. */
export type Span = { readonly from: number; readonly to: number };

export const spanOf = ({ grain, start }: { grain: Grain; start: string }): Span => {
  const from = Date.parse(start);
  return { from, to: from + MILLISECONDS[grain] };
};

/**
 * The windows of one stream at a grain, merged from a set of summaries. Each is read part by part, and only what
 * belongs to the stream and to one of the spans is looked at.
 */
export const collectWindows = async (
  summaries: AsyncIterable<AsyncIterable<SummaryPart>>,
  { stream, grain, spans }: { stream: Stream; grain: Grain; spans: readonly Span[] },
): Promise<Window[]> => {
  const tallies = new StreamTallies(grain);
  const path = streamPath(stream);
  const belongs = (start: string) => spans.some(({ from, to }) => from <= Date.parse(start) && Date.parse(start) < to);
  for await (const parts of summaries)
    for await (const part of parts)
      for (const window of part.windows)
        if (streamPath(window.stream) === path && belongs(window.start))
          tallies.at(stream, Date.parse(window.start)).merge(Window.parse(window).tally);
  return tallies.windows();
};
