import type { Fact } from '../kernel/fact.ts';
import type { Grain, Source, Stream, SummaryPart } from './contract.ts';
import type { MinuteEntry } from './minute-index.ts';

type Capture = { readonly storedAt: Date; readonly bytes: AsyncIterable<Uint8Array> };

export type Captures = {
  /** The bytes as they lie there; undefined when the version is gone. */
  open(source: Source): Promise<Capture | undefined>;
  /** Marks the file, for whoever looks for it. */
  setAside(source: Source): Promise<void>;
};

export type Summaries = {
  stands(key: string): Promise<boolean>;
  /** Writes all parts as one object, unless one stands; nothing if the parts end in an error. */
  putOnce(key: string, parts: AsyncIterable<SummaryPart>): Promise<void>;
  /** The parts as they stand. @throws when nothing does */
  parts(key: string): AsyncIterable<SummaryPart>;
};

export type MinuteIndex = {
  /** Adds to the set, then raises the marks of the hours, then moves on when the streams were last heard of. */
  add(summary: string, entries: readonly MinuteEntry[]): Promise<void>;
};

export type Rejections = {
  find(source: Source): Promise<boolean>;
  /** Keeps the reason and its fact, or nothing. */
  keep(source: Source, reason: string, fact: Fact): Promise<void>;
};

/** That a window has to be merged again. */
export type Mark = {
  readonly stream: Stream;
  readonly grain: Exclude<Grain, 'minute'>;
  readonly start: string;
  readonly revision: number;
};

export type Marks = {
  /** The longest waiting first. */
  due(now: Date, atMost: number): Promise<Mark[]>;
  raise(mark: Omit<Mark, 'revision'>): Promise<void>;
  /** Nothing happens if it was raised since. */
  clear(mark: Mark): Promise<void>;
};

export type WindowStore = {
  /** What stands under a key, by a name that changes with every write. */
  revision(key: string): Promise<string | undefined>;
  text(key: string): Promise<string | undefined>;
  /** @returns false if something else stands there by now */
  put(key: string, body: string, over: string | undefined): Promise<boolean>;
};

/** The summaries that tell of an hour of a stream. */
export type SummariesOfHour = (stream: Stream, start: string) => Promise<string[]>;
