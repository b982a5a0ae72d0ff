export const LONGEST_LINE = 1024 * 1024;

/** A line without its end. `bytes` is undefined for a line longer than `LONGEST_LINE`, which is not kept. */
export type Line = {
  readonly number: number;
  /** Of its first byte in the file. */
  readonly byte: number;
  readonly bytes: Uint8Array | undefined;
};

const NEWLINE = 0x0a;
const NONE: Uint8Array = new Uint8Array();

const joined = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  left.length === 0 ? right : Buffer.concat([left, right]);

/** Cuts bytes that come in chunks of any size into lines, holding on to one unfinished line at most. */
export class LineReader {
  #pending: Uint8Array = NONE;
  #tooLong = false;
  #number = 0;
  /** Of the first byte of the line under way, and of the first byte of the next chunk. */
  #lineStart = 0;
  #position = 0;

  /** Bytes seen. */
  get position(): number {
    return this.#position;
  }

  *push(chunk: Uint8Array): Generator<Line> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield this.#finish(chunk.subarray(start, end));
      start = end + 1;
      this.#lineStart = this.#position + start;
    }
    this.#keep(chunk.subarray(start));
    this.#position += chunk.length;
  }

  /** The last line, if the file does not end with a line break. */
  *end(): Generator<Line> {
    if (this.#pending.length > 0 || this.#tooLong) yield this.#finish(NONE);
  }

  #keep(rest: Uint8Array): void {
    if (this.#tooLong || this.#pending.length + rest.length > LONGEST_LINE) {
      this.#tooLong = true;
      this.#pending = NONE;
    } else if (rest.length > 0) {
      // A copy, since the rest of a chunk would keep the whole chunk in memory.
      this.#pending = Buffer.concat([this.#pending, rest]);
    }
  }

  #finish(rest: Uint8Array): Line {
    const fits = !this.#tooLong && this.#pending.length + rest.length <= LONGEST_LINE;
    const bytes = fits ? joined(this.#pending, rest) : undefined;
    this.#pending = NONE;
    this.#tooLong = false;
    this.#number += 1;
    return { number: this.#number, byte: this.#lineStart, bytes };
  }
}
