import { type Measure, metrics } from '../../core/kernel/metrics.ts';
import type { Ledger, Source } from '../../core/telemetry/contract.ts';
import type { Summarised } from '../../core/telemetry/summarise-capture.ts';
import { logger } from '../platform/log.ts';

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

/** Numbers only: reasons come from a small set of ours, never from a file. */
const figuresOf = ({ lines, bytes, events, broken, refused }: Ledger) => ({
  lines,
  bytes,
  events,
  broken: sum(broken),
  refused,
});

/** A file that is delivered again is counted once, so it is measured once. */
export const measureSummarised = (measure: Measure, summarised: Summarised, lag: number): void => {
  if (summarised.outcome === 'unreadable') measure(metrics.capturesQuarantined, 1);
  if (summarised.outcome !== 'summarised' || summarised.ledger === undefined) return;
  const { events, broken, refused } = summarised.ledger;
  measure(metrics.eventsCounted, events);
  measure(metrics.eventsRefused, sum(refused));
  measure(metrics.linesBroken, sum(broken));
  measure(metrics.captureLag, Math.max(0, lag));
};

/** What became of a capture file, in the log. */
export const tellSummarised = ({ key }: Source, summarised: Summarised): void => {
  const { outcome } = summarised;
  if (summarised.outcome === 'unreadable') logger.warn('capture set aside', { key, reason: summarised.reason });
  else if ('ledger' in summarised && summarised.ledger !== undefined)
    logger.info('capture', { key, outcome, minutes: summarised.minutes, ...figuresOf(summarised.ledger) });
  else logger.info('capture', { key, outcome });
};
