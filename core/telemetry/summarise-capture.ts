import type { Clock } from '../kernel/clock.ts';
import { factId } from '../kernel/fact.ts';
import { type CaptureRejected, type Ledger, type Source, telemetry } from './contract.ts';
import { CaptureUnreadable } from './failures.ts';
import { minutesOf } from './minute-index.ts';
import { plainBytes } from './plain-bytes.ts';
import type { Captures, MinuteIndex, Rejections, Summaries } from './ports.ts';
import { type SummariseOptions, summarise } from './summarise.ts';

export type SummarisePorts = {
  captures: Captures;
  summaries: Summaries;
  index: MinuteIndex;
  rejections: Rejections;
  clock: Clock;
  /** Called when a file has to be read, and not before: it may cost a call to KMS. */
  options: () => Promise<SummariseOptions>;
};

export type Summarised =
  | { outcome: 'summarised' | 'known'; minutes: number; ledger: Ledger | undefined }
  | { outcome: 'gone' | 'known-unreadable' }
  | { outcome: 'unreadable'; reason: string };

const rejection = (source: Source, reason: string, now: Date) => {
  const { captureRejected } = telemetry.events;
  const id = factId(captureRejected, source.key, source.versionId);
  const detail: CaptureRejected = { id, source, reason, occurredAt: now.toISOString(), correlationId: id };
  return { id, type: captureRejected.type, detail };
};

const read = async (
  { captures, summaries, options }: SummarisePorts,
  source: Source,
  key: string,
): Promise<'read' | 'gone'> => {
  const capture = await captures.open(source);
  if (capture === undefined) return 'gone';
  const asked = await options();
  const bytes = plainBytes(capture.bytes, asked.limits.fileBytes);
  await summaries.putOnce(key, summarise({ source, storedAt: capture.storedAt, bytes }, asked));
  return 'read';
};

/**
 * Counts a capture file. The summary is written once and everything else follows from what stands there, so that this
 * may end anywhere and be called again, any number of times, at once or later.
 */
export const summariseCapture =
  (ports: SummarisePorts) =>
  async (source: Source): Promise<Summarised> => {
    const { captures, summaries, index, rejections, clock } = ports;
    const key = telemetry.keys.summary(source);
    const known = await summaries.stands(key);
    if (!known) {
      if (await rejections.find(source)) return { outcome: 'known-unreadable' };
      try {
        if ((await read(ports, source, key)) === 'gone') return { outcome: 'gone' };
      } catch (cause) {
        if (!(cause instanceof CaptureUnreadable)) throw cause;
        await captures.setAside(source);
        await rejections.keep(source, cause.message, rejection(source, cause.message, clock.now()));
        return { outcome: 'unreadable', reason: cause.message };
      }
    }
    const { entries, ledger } = await minutesOf(summaries.parts(key));
    await index.add(key, entries);
    return { outcome: known ? 'known' : 'summarised', minutes: entries.length, ledger };
  };
