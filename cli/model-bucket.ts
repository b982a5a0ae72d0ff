import type { HashedFile } from './files.ts';

/** An object as the registry pinned it. */
type PinnedObject = { readonly key: string; readonly versionId: string };

/** The bucket that models are dropped into. Every call may end in a Problem: it could not be told. */
export type ModelBucket = {
  readonly name: string;
  /**
   * Puts a file with the digest that the store has to find in it; `onBytes` hears how many more are on their way.
   * @returns the version that the store gave it, if it keeps versions
   */
  put(upload: {
    readonly key: string;
    readonly file: HashedFile;
    readonly onBytes: (bytes: number) => void;
  }): Promise<string | undefined>;
  /** The text of an object; what is not there and what may not be read cannot always be told apart. */
  find(key: string): Promise<{ readonly text: string } | 'absent' | 'refused'>;
  /** The bytes of one version, in order. */
  read(object: PinnedObject): Promise<AsyncIterable<Uint8Array>>;
};
