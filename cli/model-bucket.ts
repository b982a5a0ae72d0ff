import type { HashedFile } from './files.ts';
import type { HashedParts } from './parts.ts';

/** An object as the registry pinned it. */
type PinnedObject = { readonly key: string; readonly versionId: string };

/** Hears how many more bytes are on their way; fewer than none when some have to be sent again. */
export type OnBytes = (bytes: number) => void;

/** A file that is too large for one piece. */
export type PartedFile = HashedFile & { readonly parts: HashedParts };

/** An upload in parts. It outlives the command. */
export type PartsUpload = {
  /** A later upload will find what this one leaves, if it is interrupted. Not so for who may upload and no more. */
  readonly isFound: boolean;
  /** The parts that are not there yet, by their numbers. */
  readonly missing: readonly number[];
  send(part: number, onBytes: OnBytes): Promise<void>;
  /**
   * Makes an object of the parts, all of which have to be there.
   * @returns the version that the store gave it, if it keeps versions
   */
  complete(): Promise<string | undefined>;
};

/** The bucket that models are dropped into. Every call may end in a Problem: it could not be told. */
export type ModelBucket = {
  readonly name: string;
  /** Bytes of each part of a file of this size; undefined when it goes in one piece. */
  partSize(size: number): number | undefined;
  /**
   * Puts a file in one piece, with the digest that the store has to find in it.
   * @returns the version that the store gave it, if it keeps versions
   */
  put(upload: {
    readonly key: string;
    readonly file: HashedFile;
    readonly onBytes: OnBytes;
  }): Promise<string | undefined>;
  /** Goes on with an interrupted upload of the same bytes, or begins one; gives up those of other bytes. */
  inParts(upload: { readonly key: string; readonly file: PartedFile }): Promise<PartsUpload>;
  /** The text of an object; what is not there and what may not be read cannot always be told apart. */
  find(key: string): Promise<{ readonly text: string } | 'absent' | 'refused'>;
  /** The bytes of one version, in order. */
  read(object: PinnedObject): Promise<AsyncIterable<Uint8Array>>;
};
