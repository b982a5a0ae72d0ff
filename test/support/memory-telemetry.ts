import { CaptureLimits } from '../../core/telemetry/capture-limits.ts';
import { MILLISECONDS, Retention, type Source, type SummaryPart, streamPath } from '../../core/telemetry/contract.ts';
import { minuteItem, readMinute } from '../../core/telemetry/index-items.ts';
import type { Mark } from '../../core/telemetry/ports.ts';
import { type RollUpPorts, rollUpDue } from '../../core/telemetry/roll-up.ts';
import { type SummarisePorts, summariseCapture } from '../../core/telemetry/summarise-capture.ts';
import { startOf } from '../../core/telemetry/table.ts';
import { FEATURES } from './inference.ts';
import { Killed } from './interrupted.ts';

const NOW = new Date('2026-11-23T18:00:00Z');
const STORED_AT = new Date('2026-11-23T14:00:00Z');

/** Called before every effect of an actor: throws where the actor ends, waits where another comes first. */
export type Step = (effect: string) => Promise<void>;
const throughout: Step = async () => {};

/** Ends the actor before its effect number `count`. */
export const endingAt = (count: number): Step => {
  let effects = 0;
  return async (effect) => {
    effects += 1;
    if (effects > count) throw new Killed(effect);
  };
};

/** Buckets and table of telemetry, and the two functions that work on them. */
export class MemoryTelemetry {
  readonly files = new Map<string, Uint8Array>();
  readonly summaries = new Map<string, string>();
  readonly minutes = new Map<string, ReturnType<typeof minuteItem>>();
  readonly marks = new Map<string, Mark & { due: boolean }>();
  readonly windows = new Map<string, { text: string; revision: string }>();
  readonly rejected = new Map<string, string>();
  readonly facts: string[] = [];
  now = NOW;
  #writes = 0;

  summarise(step: Step = throughout): ReturnType<typeof summariseCapture> {
    return summariseCapture(this.#summarisePorts(step));
  }

  rollUp(step: Step = throughout): ReturnType<typeof rollUpDue> {
    return rollUpDue(this.#rollUpPorts(step));
  }

  #raise({ stream, grain, start }: Omit<Mark, 'revision'>): void {
    const name = `${streamPath(stream)}#${grain}#${start}`;
    const revision = (this.marks.get(name)?.revision ?? 0) + 1;
    this.marks.set(name, { stream, grain, start, revision, due: true });
  }

  async *#parts(key: string): AsyncGenerator<SummaryPart> {
    for (const line of (this.summaries.get(key) ?? '').trim().split('\n')) yield JSON.parse(line);
  }

  #summarisePorts(step: Step): SummarisePorts {
    const name = ({ key, versionId }: Source) => `${key}@${versionId}`;
    return {
      clock: { now: () => this.now },
      options: async () => ({
        featuresOf: async () => FEATURES,
        limits: CaptureLimits.parse({}),
        hashKey: Buffer.from('key'),
      }),
      captures: {
        open: async (source) => {
          await step('open');
          const bytes = this.files.get(name(source));
          return bytes === undefined ? undefined : { storedAt: STORED_AT, bytes: inPieces(bytes, step) };
        },
        setAside: async () => step('set aside'),
      },
      summaries: {
        stands: async (key) => this.summaries.has(key),
        putOnce: async (key, parts) => {
          const lines: string[] = [];
          for await (const part of parts) lines.push(`${JSON.stringify(part)}\n`);
          await step('put summary');
          if (!this.summaries.has(key)) this.summaries.set(key, lines.join(''));
        },
        parts: (key) => this.#parts(key),
      },
      index: {
        add: async (summary, entries) => {
          for (const entry of entries) {
            await step('put minute');
            const item = minuteItem(summary, entry);
            this.minutes.set(`${item.pk}|${item.sk}`, item);
          }
          const hours = new Map(
            entries.map((entry) => [`${streamPath(entry.stream)}${startOf(entry.start, 'hour')}`, entry]),
          );
          for (const { stream, start } of hours.values()) {
            await step('raise mark');
            this.#raise({ stream, grain: 'hour', start: startOf(start, 'hour') });
          }
        },
      },
      rejections: {
        find: async (source) => this.rejected.has(name(source)),
        keep: async (source, reason, fact) => {
          await step('reject');
          if (this.rejected.has(name(source))) return;
          this.rejected.set(name(source), reason);
          this.facts.push(fact.id);
        },
      },
    };
  }

  #rollUpPorts(step: Step): RollUpPorts {
    return {
      clock: { now: () => this.now },
      retention: Retention.parse({}),
      summaries: { parts: (key) => this.#parts(key) },
      summariesOf: async (stream, start) => {
        const end = new Date(Date.parse(start) + MILLISECONDS.hour).toISOString();
        const items = [...this.minutes.values()].filter(({ pk }) => pk === `STREAM#${streamPath(stream)}#${start}`);
        const keys = [
          ...new Set(items.map(readMinute).flatMap((item) => (item.start < end ? item.summary : []))),
        ].sort();
        await step('set was read');
        return keys;
      },
      marks: {
        due: async () => [...this.marks.values()].filter(({ due }) => due),
        raise: async (mark) => {
          await step('raise day');
          this.#raise(mark);
        },
        clear: async (mark) => {
          await step('clear');
          const standing = this.marks.get(`${streamPath(mark.stream)}#${mark.grain}#${mark.start}`);
          if (standing?.revision === mark.revision) standing.due = false;
        },
      },
      windows: {
        revision: async (key) => this.windows.get(key)?.revision,
        text: async (key) => this.windows.get(key)?.text,
        put: async (key, text, over) => {
          await step('put window');
          if (this.windows.get(key)?.revision !== over) return false;
          this.#writes += 1;
          this.windows.set(key, { text, revision: String(this.#writes) });
          return true;
        },
      },
    };
  }

  /** All parts of all summaries. */
  async parts(): Promise<SummaryPart[]> {
    const all: SummaryPart[] = [];
    for (const key of this.summaries.keys()) for await (const part of this.#parts(key)) all.push(part);
    return all;
  }

  /** What stands as windows, by key. */
  standing(): Record<string, string> {
    return Object.fromEntries([...this.windows].map(([key, { text }]): [string, string] => [key, text]).sort());
  }
}

async function* inPieces(bytes: Uint8Array, step: Step): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 300) {
    await step('read');
    yield bytes.subarray(at, at + 300);
  }
}
