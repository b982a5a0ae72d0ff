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

/** What became of a capture file, in the log. */
export const tellSummarised = ({ key }: Source, summarised: Summarised): void => {
  const { outcome } = summarised;
  if (summarised.outcome === 'unreadable') logger.warn('capture set aside', { key, reason: summarised.reason });
  else if ('ledger' in summarised && summarised.ledger !== undefined)
    logger.info('capture', { key, outcome, minutes: summarised.minutes, ...figuresOf(summarised.ledger) });
  else logger.info('capture', { key, outcome });
};
