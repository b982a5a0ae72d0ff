import type { NoteKey } from './note.ts';
import type { LogReader } from './tile.ts';

/** A fact that waits in an outbox to be logged. */
export type QueuedFact = {
  readonly id: string;
  readonly type: string;
  /** The text that was, or will be, published. */
  readonly detail: string;
  /** When it was written, ISO 8601. */
  readonly since: string;
  /** Where it waits, in words of the adapter. */
  readonly place: string;
};

export type FactQueue = {
  /** The facts that have waited longest. A fact may be missing for a moment, and come back until it is marked. */
  oldest(limit: number): Promise<readonly QueuedFact[]>;
  markLogged(fact: QueuedFact, index: number): Promise<void>;
};

/** Leaves whose places are settled while their tiles may not stand yet. */
export type Intent = { readonly from: number; readonly to: number; readonly batch: string };

export type LogState = {
  /** Counts the changes: whoever changes the state has to have seen the last one. */
  readonly version: number;
  /** Leaves whose tiles stand. */
  readonly size: number;
  /** Of the tree of that size, base64: a tile that was changed since is found before anything is built on it. */
  readonly root: string;
  /** Of the last leaf; the next one is not earlier. */
  readonly loggedAt: string;
  readonly intent?: Intent | undefined;
};

export type LogStates = {
  read(): Promise<LogState>;
  /** Whether nobody else changed it since. With an intent, every fact gets its place in the same transaction. */
  change(next: Omit<LogState, 'version'>, seen: LogState, places?: ReadonlyMap<string, number>): Promise<boolean>;
  /** The places of those facts that have one. */
  placesOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
};

export type LogObjects = {
  readonly read: LogReader;
  /** Resolves to the bytes that stand: ours, or those of whoever came first. */
  putOnce(path: string, bytes: Uint8Array): Promise<Uint8Array>;
};

export type StandingCheckpoint = { readonly note: string; readonly tag: string };

/** The one object of a log that is replaced. */
export type CheckpointObject = {
  find(): Promise<StandingCheckpoint | undefined>;
  /** Whether what stood there was what we had seen. */
  replace(note: string, seen: StandingCheckpoint | undefined): Promise<boolean>;
};

export type LogSigner = {
  key(): Promise<NoteKey>;
  /** Ed25519 over this text. @throws LogKeyUnusable */
  sign(text: string): Promise<Uint8Array>;
};
