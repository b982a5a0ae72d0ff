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

/** Ranges of a source: small after a jump, larger while the walk goes straight on; what is skipped is not read. */
export const streamOf = (source: ByteSource, start = 0): ByteStream => {
  let window = new Uint8Array();
  let position = start;
  let nextRead = FIRST_READ;

  const fill = async (needed: number) => {
    while (window.length < needed && position + window.length < source.size) {
      const length = Math.max(nextRead, needed - window.length);
      const more = await source.read(position + window.length, length);
      if (more.length === 0) return;
      window = joined(window, more) as Uint8Array<ArrayBuffer>;
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
