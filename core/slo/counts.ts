import { MILLISECONDS, Sketch, type Tally, type Window } from '../telemetry/contract.ts';
import type { Counts, Objective } from './contract.ts';

/** Good and bad requests of a tally, as an objective sees them. */
export const countsOf = ({ requests, errors, latency }: Tally, { slowerThan }: Objective): Counts =>
  slowerThan === undefined
    ? { total: requests, bad: errors }
    : { total: latency.count, bad: Sketch.of(latency).countAbove(slowerThan) };

type Span = { readonly from: number; readonly to: number };

/**
 * What happened in the last `minutes` before `to`, from windows of any grains. Where an hour and its minutes are both
 * there, the hour counts. A window that began earlier does not count, so at most the length of one window is missing.
 */
export const countsWithin = (windows: readonly Window[], objective: Objective, to: Date, minutes: number): Counts => {
  const from = to.getTime() - minutes * MILLISECONDS.minute;
  const counted = new Map<string, Span[]>();
  const all = { total: 0, bad: 0 };
  for (const { grain, start, stream, tally } of [...windows].sort(
    (a, b) => MILLISECONDS[b.grain] - MILLISECONDS[a.grain],
  )) {
    const span = { from: Date.parse(start), to: Date.parse(start) + MILLISECONDS[grain] };
    const name = `${stream.model}/${stream.version}/${stream.deployment}`;
    const others = counted.get(name) ?? [];
    const isInside = span.from >= from && span.to <= to.getTime();
    if (!isInside || others.some((other) => other.from <= span.from && span.to <= other.to)) continue;
    counted.set(name, [...others, span]);
    const counts = countsOf(tally, objective);
    all.total += counts.total;
    all.bad += counts.bad;
  }
  return all;
};
