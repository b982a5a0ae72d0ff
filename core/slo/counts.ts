import { MILLISECONDS, Sketch, type SketchForm, type Window } from '../telemetry/contract.ts';
import type { Counts, Objective } from './contract.ts';

/** What was answered in a span of time: a window, or the light counts of one. */
export type Answered = Pick<Window, 'grain' | 'start' | 'stream'> & {
  readonly tally: { readonly requests: number; readonly errors: number; readonly latency: SketchForm };
};

/** Good and bad requests of a tally, as an objective sees them. */
export const countsOf = ({ requests, errors, latency }: Answered['tally'], { slowerThan }: Objective): Counts => {
  if (slowerThan === undefined) return { total: requests, bad: errors };
  // Most minutes hold no slow answer at all, and their sketches need not be opened.
  const allFast = (latency.max ?? 0) <= slowerThan;
  return { total: latency.count, bad: allFast ? 0 : Sketch.of(latency).countAbove(slowerThan) };
};

type Span = { readonly from: number; readonly to: number; readonly name: string; readonly counts: Counts };

const isWithin = (inner: Span, outer: Span): boolean =>
  inner.name === outer.name && outer.from <= inner.from && inner.to <= outer.to;

/**
 * What happened in the last so many minutes before `to`, from windows of any grains. Where an hour and its minutes are
 * both there, the hour counts. A window that began earlier does not count, so at most the length of one window is
 * missing.
 */
export const countsFor = (
  windows: readonly Answered[],
  objective: Objective,
  to: Date,
): ((minutes: number) => Counts) => {
  const spansOf = (grain: Window['grain']): Span[] =>
    windows
      .filter((window) => window.grain === grain)
      .map(({ start, stream, tally }) => ({
        from: Date.parse(start),
        to: Date.parse(start) + MILLISECONDS[grain],
        name: `${stream.model}/${stream.version}/${stream.deployment}`,
        counts: countsOf(tally, objective),
      }));
  const grains = [spansOf('day'), spansOf('hour'), spansOf('minute')];
  return (minutes) => {
    const from = to.getTime() - minutes * MILLISECONDS.minute;
    const counted: Span[] = [];
    for (const spans of grains) {
      const longer = [...counted];
      for (const span of spans)
        if (span.from >= from && span.to <= to.getTime() && !longer.some((other) => isWithin(span, other)))
          counted.push(span);
    }
    return {
      total: counted.reduce((sum, { counts }) => sum + counts.total, 0),
      bad: counted.reduce((sum, { counts }) => sum + counts.bad, 0),
    };
  };
};
