import { type Line, LineReader } from '../data-set/lines.ts';
import type { DeclaredFeature } from '../intake/manifest.ts';
import type { Subject } from '../kernel/identity.ts';
import type { CaptureLimits } from './capture-limits.ts';
import { MILLISECONDS, modelOfCapture, type Source, type SummaryPart } from './contract.ts';
import { keyedHash } from './feature-counts.ts';
import { type Envelope, readEvent } from './inference-event.ts';
import { RunningLedger } from './running-ledger.ts';
import { type FeaturePlan, planFeatures } from './running-tally.ts';
import { StreamTallies } from './stream-tallies.ts';

export type CaptureFile = {
  readonly source: Source;
  /** When the file came to stand where it stands. Of the file, not of the run: a retry has to refuse the same events. */
  readonly storedAt: Date;
  /** Its bytes, decompressed, in chunks of any size. */
  readonly bytes: AsyncIterable<Uint8Array>;
};

export type SummariseOptions = {
  /** The features that a registered version declares; undefined for a version that is not registered. */
  readonly featuresOf: (subject: Subject) => Promise<readonly DeclaredFeature[] | undefined>;
  /** Keys the hash of personal categories; without it they are dropped. */
  readonly hashKey?: Uint8Array;
  readonly limits: CaptureLimits;
};

/** Looking a version up costs a call: a file that names more versions than this is not worth it. */
const MOST_VERSIONS = 1000;
/** Features of tallies that were opened: a wide model whose events lie far apart grows with every line. */
const OPENED_BETWEEN_WEIGHINGS = 20_000;
/** Of lines, not of chunks: the parts must not depend on how the bytes arrived. */
const LINES_BETWEEN_WEIGHINGS = 1024;

/** What each version declares, asked once. */
class FeaturePlans {
  readonly #options: SummariseOptions;
  readonly #plans = new Map<string, FeaturePlan | undefined>();

  constructor(options: SummariseOptions) {
    this.#options = options;
  }

  /** Undefined when nobody registered the version. Waits only for a version met for the first time. */
  of({ model, version }: Subject): FeaturePlan | undefined | Promise<FeaturePlan | undefined> {
    const name = `${model}/${version}`;
    if (this.#plans.has(name)) return this.#plans.get(name);
    return this.#plans.size < MOST_VERSIONS ? this.#ask({ model, version }, name) : undefined;
  }

  async #ask(subject: Subject, name: string): Promise<FeaturePlan | undefined> {
    const { featuresOf, hashKey } = this.#options;
    const features = await featuresOf(subject);
    const hash = hashKey === undefined ? undefined : keyedHash(hashKey, subject.model);
    const plan = features === undefined ? undefined : planFeatures(features, hash);
    this.#plans.set(name, plan);
    return plan;
  }
}

/** The minutes of streams that a file names, up to a bound, and how much was opened for them since the last weighing. */
class OpenedMinutes {
  readonly #atMost: number;
  readonly #names = new Set<string>();
  unweighed = 0;

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  /** @returns false for one too many */
  open({ model, version, deployment }: Envelope, at: number, { features }: FeaturePlan): boolean {
    const name = `${model}/${version}/${deployment}#${Math.floor(at / MILLISECONDS.minute)}`;
    if (this.#names.size >= this.#atMost && !this.#names.has(name)) return false;
    this.#names.add(name);
    this.unweighed += 1 + features.length;
    return true;
  }
}

const isNear = (at: number, storedAt: Date, { pastMinutes, aheadMinutes }: CaptureLimits): boolean => {
  const age = storedAt.getTime() - at;
  return age <= pastMinutes * MILLISECONDS.minute && -age <= aheadMinutes * MILLISECONDS.minute;
};

/**
 * Reads a capture file once, as JSON Lines of inference events, and counts it per stream and minute. Memory is bounded
 * whatever the file: what is counted is handed over in parts when it grows large. All parts, one per line, are one
 * object (`telemetry.keys.summary`), written once; the same file gives the same parts.
 * @throws CaptureUnreadable when the file holds no events
 */
export async function* summarise(file: CaptureFile, options: SummariseOptions): AsyncGenerator<SummaryPart> {
  const plans = new FeaturePlans(options);
  const ledger = new RunningLedger();
  const lines = new LineReader();
  let tallies = new StreamTallies('minute');
  let part = 0;
  const opened = new OpenedMinutes(options.limits.minutes);

  const only = modelOfCapture(file.source.key);
  const count = (event: Envelope, plan: FeaturePlan | undefined): void => {
    const at = Date.parse(event.timestamp);
    if (plan === undefined) ledger.refuseUnregistered(`${event.model}/${event.version}`);
    else if (!isNear(at, file.storedAt, options.limits)) ledger.refuse('timestamp-out-of-range');
    else {
      const known = tallies.find(event, at);
      if (known === undefined && !opened.open(event, at, plan)) ledger.refuse('too-many-minutes');
      else {
        ledger.count();
        (known ?? tallies.at(event, at)).addEvent(event, plan);
      }
    }
  };
  const read = (line: Line): Promise<void> | undefined => {
    const value = ledger.parse(line);
    const event = value === undefined ? undefined : readEvent(value);
    if (event === undefined) return undefined;
    if ('refused' in event) ledger.refuse(event.refused);
    else if (only !== undefined && event.model !== only) ledger.refuse('other-model');
    else {
      const plan = plans.of(event);
      if (plan instanceof Promise) return plan.then((learned) => count(event, learned));
      count(event, plan);
    }
    return undefined;
  };
  const handOver = (): SummaryPart => {
    const handed: SummaryPart = { summaryVersion: 1, source: file.source, part, windows: tallies.windows() };
    tallies = new StreamTallies('minute');
    part += 1;
    return handed;
  };

  for await (const chunk of file.bytes)
    for (const line of lines.push(chunk)) {
      const waiting = read(line);
      if (waiting !== undefined) await waiting;
      const isTime = line.number % LINES_BETWEEN_WEIGHINGS === 0 || opened.unweighed > OPENED_BETWEEN_WEIGHINGS;
      if (!isTime) continue;
      opened.unweighed = 0;
      if (tallies.weight > options.limits.memoryBytes) yield handOver();
    }
  for (const line of lines.end()) await read(line);
  yield { ...handOver(), ledger: ledger.form(lines.position) };
}
