import { createHash } from 'node:crypto';
import { LARGEST_PIECE } from '../core/intake/refuse-unread.ts';
import { type Digest, digestOfRaw, hexOf } from '../core/kernel/digest.ts';

const MiB = 1024 ** 2;
const MOST_PARTS = 10_000;

/** Up to `largest` bytes a file goes in one piece, else in parts of `part` bytes, or of more where it is huge. */
export type Pieces = { readonly largest: number; readonly part: number };

export const S3_PIECES: Pieces = { largest: LARGEST_PIECE, part: 64 * MiB };

/** Bytes of each part but the last: the same in every run, or no run could go on where another ended. */
export const partSizeOf = (size: number, { largest, part }: Pieces): number | undefined =>
  size <= largest ? undefined : Math.max(part, Math.ceil(size / MOST_PARTS / MiB) * MiB);

/** The SHA-256 of every part of a file, in order. */
export type HashedParts = { readonly size: number; readonly digests: readonly Digest[] };

type Range = { readonly offset: number; readonly length: number };

/** Where a part lies in its file. Parts count from 1, as they do on S3. */
export const rangeOf = (part: number, fileSize: number, partSize: number): Range => {
  const offset = (part - 1) * partSize;
  return { offset, length: Math.min(partSize, fileSize - offset) };
};

/** Hashes a file's bytes part by part as they come, in chunks of any length. */
export class PartHasher {
  readonly #size: number;
  readonly #digests: Digest[] = [];
  #hash = createHash('sha256');
  #filled = 0;

  constructor(size: number) {
    this.#size = size;
  }

  update(chunk: Uint8Array): void {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, this.#size - this.#filled);
      this.#hash.update(taken);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#filled === this.#size) this.#close();
    }
  }

  end(): HashedParts {
    if (this.#filled > 0) this.#close();
    return { size: this.#size, digests: this.#digests };
  }

  #close(): void {
    this.#digests.push(digestOfRaw(this.#hash.digest()));
    this.#hash = createHash('sha256');
    this.#filled = 0;
  }
}

export const base64Of = (digest: Digest): string => Buffer.from(hexOf(digest), 'hex').toString('base64');

/** What S3 gives as the SHA-256 of an object that came in parts: the hash of their hashes, and how many they are. */
export const compositeOf = (digests: readonly Digest[]): string => {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(Buffer.from(hexOf(digest), 'hex'));
  return `${hash.digest('base64')}-${digests.length}`;
};

/** A part that stands in an upload that was not completed. `tag` is how the store names it. */
type StandingPart = { readonly number: number; readonly digest: Digest | undefined; readonly tag: string };
export type OpenUpload = { readonly id: string; readonly parts: readonly StandingPart[] };

/**
 * Which of the open uploads of a name is an interrupted one of these bytes. One that only the same command can have
 * begun, since every part has a SHA-256, but of other bytes, is stale. Any other is somebody else's, and so may one
 * be that holds no part yet.
 */
export const whichToResume = (
  open: readonly OpenUpload[],
  digests: readonly Digest[],
): { resume: OpenUpload | undefined; stale: readonly OpenUpload[] } => {
  const ours = open.filter(({ parts }) => parts.length > 0 && parts.every(({ digest }) => digest !== undefined));
  const fits = ({ parts }: OpenUpload) => parts.every(({ number, digest }) => digests[number - 1] === digest);
  const [resume] = ours.filter(fits).toSorted((one, other) => other.parts.length - one.parts.length);
  return { resume, stale: ours.filter((upload) => !fits(upload)) };
};
