import type { HoldList } from '../hold/contract.ts';
import type { CLEARED, QUARANTINED } from '../intake/contract.ts';
import type { Digest } from '../kernel/digest.ts';
import type { Fact } from '../kernel/fact.ts';
import type { ModelId, Subject } from '../kernel/identity.ts';
import type { Reason } from '../kernel/reason.ts';
import type { Resource } from '../kernel/root-digest.ts';
import type { RegisteredVersion } from '../registry/contract.ts';
import type { VersionMark } from './contract.ts';

export type Named = { readonly model: string; readonly version: string };

export type Registered = {
  /** Every registered version; one of a model that is registered this moment may be missing. */
  all(): Promise<RegisteredVersion[]>;
  /** Strongly consistent. */
  find(subject: Named): Promise<RegisteredVersion | undefined>;
};

type Pinned = { readonly key: string; readonly versionId: string };

/** What S3 says of an object without a byte of it being read. */
export type Stored = {
  readonly versionId: string;
  readonly size: number;
  /** The full-object SHA-256 that was stored at upload, if it was. */
  readonly digest: Digest | undefined;
};

/**
 * The objects of the model bucket, as the registrar of versions may see them. Nothing comes back as undefined but what S3
 * says is not there: whoever may not look, or is to try later, gets an error.
 */
export type Objects = {
  /** What a reader gets who names the key alone. */
  current(key: string): Promise<Stored | undefined>;
  pinned(object: Pinned): Promise<Stored | undefined>;
  /** What the object version is marked as. */
  mark(object: Pinned): Promise<string | undefined>;
  /** Leaves alone what is gone. */
  setMark(object: Pinned, mark: typeof CLEARED | typeof QUARANTINED): Promise<void>;
  /** The keys below a prefix under which something is current, at most `atMost`. */
  keys(prefix: string, atMost: number): Promise<string[]>;
  /** The bytes in order. @throws UploadChanged when they are not there or end early */
  bytes(object: Pinned & { readonly size: number }): Promise<AsyncIterable<Uint8Array>>;
};

/** Where models serve, and where rollouts are about to make them. */
export type Serving = {
  look(): Promise<{
    readonly served: readonly Named[];
    /** Models with a target that could not be asked: any version of theirs may serve. */
    readonly unseen: readonly string[];
  }>;
};

export type Marks = {
  all(): Promise<VersionMark[]>;
  /**
   * Writes the mark with its revision raised by one if the stored revision is the one it carries (0: none is stored).
   * @returns false if another run wrote first
   */
  swap(mark: VersionMark): Promise<boolean>;
};

/** Facts on their way to the bus: the same id once, however often it is put. */
export type Outbox = { put(fact: Fact): Promise<void> };

/** Why the signature does not cover these files; nothing if it does. @throws KeyNotAtHand */
export type VerifySignature = (bundle: string, files: readonly Resource[], root: Digest) => Promise<readonly Reason[]>;

export type RequestedHold = {
  readonly scope: { readonly model: ModelId; readonly version: Subject['version'] } | { readonly everything: true };
  readonly effect: 'pause' | 'evict';
  readonly reason: Reason;
  readonly evidence: readonly { readonly key: string; readonly digest: Digest }[];
};
/** Pages. Asked for again while it stands, it is counted and tells nobody anew. */
export type HoldPlacer = (hold: RequestedHold) => Promise<void>;

/** @throws ListUnreadable */
export type StandingHolds = { list(): Promise<HoldList> };

/** A number in [0, 1) that nobody can foresee. */
export type Random = () => number;
