import type { ByteSource } from './byte-source.ts';

/** Bytes read once, in order: what an opcode walk needs. */
export type ByteStream = {
  /** Of the first byte of `window`, from the start of the content. */
  readonly position: number;
  /** Where the content ends, `Infinity` while that is not known. */
  readonly end: number;
  /** The bytes at hand. */
  readonly window: Uint8Array;
  /** Brings the window to at least `needed` bytes, fewer only at the end of the content. */
  fill(needed: number): Promise<void>;
  /** Moves on, beyond the window too; never beyond the end. */
  advance(count: number): Promise<void>;
};

/** Appends to what is left of a window. */
export const joined = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  if (left.length === 0) return right;
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
};

const FIRST_READ = 64 * 1024;
const LONGEST_READ = 1024 * 1024;

/** What is left of a window, and behind it what follows in the source; a new window each time. */
type Follow = (left: Uint8Array, offset: number, length: number) => Promise<Uint8Array>;

const following =
  (source: ByteSource): Follow =>
  async (left, offset, length) =>
    joined(left, await source.read(offset, length));

/** The same in one piece of memory, where the source can fill it. */
const followingInPlace = (source: ByteSource): Follow => {
  const { readInto } = source;
  if (readInto === undefined) return following(source);
  let held = new Uint8Array();
  return async (left, offset, length) => {
    const room = Math.min(length, source.size - offset);
    if (held.length < left.length + room) {
      const larger = new Uint8Array(left.length + room);
      larger.set(left);
      held = larger;
    } else held.set(left);
    const count = await readInto(offset, held.subarray(left.length, left.length + room));
    return held.subarray(0, left.length + count);
  };
};

/**
 * Ranges of a source: small after a jump, larger while the walk goes straight on; what is skipped is not read. With
 * `inPlace`, the bytes of a window may be others after the next `fill`.
 */
export const streamOf = (source: ByteSource, start = 0, { inPlace = false } = {}): ByteStream => {
  const follow = inPlace ? followingInPlace(source) : following(source);
  let window = new Uint8Array();
  let position = start;
  let nextRead = FIRST_READ;

  const fill = async (needed: number) => {
    while (window.length < needed && position + window.length < source.size) {
      const { length: before } = window;
      const length = Math.max(nextRead, needed - before);
      window = (await follow(window, position + before, length)) as Uint8Array<ArrayBuffer>;
      if (window.length === before) return;
      nextRead = Math.min(nextRead * 2, LONGEST_READ);
    }
  };

  return {
    get position() {
      return position;
    },
    get end() {
      return source.size;
    },
    get window() {
      return window;
    },
    fill,
    advance: async (count) => {
      if (count > window.length) nextRead = FIRST_READ;
      position = Math.min(position + count, source.size);
      window = window.subarray(count);
    },
  };
};
