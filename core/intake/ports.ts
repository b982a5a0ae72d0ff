import type { Digest } from '../kernel/digest.ts';
import type { Fact } from '../kernel/fact.ts';
import type { AttemptRecord } from './attempt.ts';
import type { Attempt, CLEARED, PinnedFile, PublishedBundle, QUARANTINED } from './contract.ts';
import type { StoredObject } from './take-stock.ts';

/** What was dropped into the bucket. */
export type Uploads = {
  /** The current versions below the attempt's prefix, without deleted ones; stops after `atMost` objects. */
  list(attempt: Attempt, atMost: number): Promise<StoredObject[]>;
  /**
   * The manifest's bytes, at most `atMost` of them.
   * @throws ManifestVersionGone
   */
  manifest(attempt: Attempt, atMost: number): Promise<Uint8Array>;
};

/** Bytes of pinned object versions. @throws UploadChanged when a version is gone */
export type PinnedBytes = {
  /** The full-object SHA-256 that S3 stored at upload, if it did. Reads no byte. */
  storedDigest(bucket: string, file: PinnedFile): Promise<Digest | undefined>;
  /** The object's bytes in order, in chunks of at most 1 MiB. */
  stream(bucket: string, file: PinnedFile): Promise<AsyncIterable<Uint8Array>>;
};

type Mark = typeof CLEARED | typeof QUARANTINED;

/** The tag on an object version that says whether it may be read. */
export type Marks = {
  find(bucket: string, object: { key: string; versionId: string }): Promise<string | undefined>;
  set(bucket: string, object: { key: string; versionId: string }, mark: Mark): Promise<void>;
};

export type Attempts = {
  find(identity: { model: string; version: string; id: string }): Promise<AttemptRecord | undefined>;
  /** All attempts at a version, oldest first. */
  ofVersion(subject: { model: string; version: string }): Promise<AttemptRecord[]>;
  /** Attempts whose lease or deadline is over, at most `atMost`. */
  due(now: Date, atMost: number): Promise<AttemptRecord[]>;
  /**
   * Writes `record` with its revision raised by one if the stored revision is still the one it carries (0: none is
   * stored), and the fact with it or not at all.
   * @returns false if somebody else wrote first
   */
  swap(record: AttemptRecord, fact?: Fact): Promise<boolean>;
};

/** What intake has to know of the registry. */
export type RegisteredVersions = {
  find(subject: { model: string; version: string }): Promise<{ root: Digest } | undefined>;
};

/** Write-once objects in the model bucket. */
export type Answers = { putOnce(bucket: string, key: string, body: string): Promise<string> };

export type Bundles = {
  /** Puts `model.sig`, readable at once. Resolves to what stands: ours, or what was there before. */
  publishOnce(bucket: string, key: string, body: string): Promise<PublishedBundle & { body: string }>;
};

export type WorkflowInput = { bucket: string; key: string; versionId: string; trigger: string | null };
export type Workflows = { start(input: WorkflowInput): Promise<void> };
