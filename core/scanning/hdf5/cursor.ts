import { equalBytes, startsWith, view } from '../bytes.ts';
import { checksumOf } from './checksum.ts';
import { malformed } from './malformed.ts';

/** How many bytes an address and a length have, as the superblock says. */
export type Sizes = { readonly offset: number; readonly length: number };

const CHECKSUM = 4;

/** Fields of one structure, little-endian, one after another; never beyond its end. */
export class Cursor {
  readonly bytes: Uint8Array;
  /** Of the structure, from the start of the content. */
  readonly start: number;
  readonly sizes: Sizes;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, at: { start: number; sizes: Sizes; what: string }) {
    this.bytes = bytes;
    this.start = at.start;
    this.sizes = at.sizes;
    this.#what = at.what;
  }

  get position(): number {
    return this.#at;
  }
  get left(): number {
    return this.bytes.length - this.#at;
  }

  error(what: string): Error {
    return malformed(`${this.#what}: ${what}`, this.start + this.#at);
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw this.error('it ends too early');
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }
  skip(length: number): void {
    this.take(length);
  }
  /** A part of this structure that is a structure of its own. */
  part(length: number, what: string): Cursor {
    const start = this.start + this.#at;
    return new Cursor(this.take(length), { start, sizes: this.sizes, what });
  }

  /** The same for bytes anywhere in this structure. */
  within(at: number, length: number, what: string): Cursor {
    if (at + length > this.bytes.length) throw this.error('a part that reaches beyond it');
    return new Cursor(this.bytes.subarray(at, at + length), { start: this.start + at, sizes: this.sizes, what });
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }
  u16(): number {
    return this.uint(2);
  }
  u32(): number {
    return this.uint(4);
  }
  /** Inexact beyond 2^53, where no file is that long. */
  uint(size: number): number {
    const bytes = this.take(size);
    let value = 0;
    for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + (bytes[i] ?? 0);
    return value;
  }
  /** All ones stand for none. */
  optional(size: number): number | undefined {
    const none = this.bytes.subarray(this.#at, this.#at + size).every((byte) => byte === 0xff);
    const value = this.uint(size);
    return none ? undefined : value;
  }
  address(): number | undefined {
    return this.optional(this.sizes.offset);
  }
  length(): number {
    return this.uint(this.sizes.length);
  }

  /** The bytes in front of the next zero byte. */
  untilZero(longest: number): Uint8Array {
    const end = this.bytes.indexOf(0, this.#at);
    if (end === -1 || end - this.#at > longest) throw this.error('a name without an end');
    const found = this.take(end - this.#at);
    this.skip(1);
    return found;
  }

  expect(signature: string, version: number): void {
    const expected = Array.from(signature, (c) => c.charCodeAt(0));
    if (!startsWith(this.take(expected.length), expected)) throw this.error(`no ${signature} where one belongs`);
    const found = this.u8();
    if (found !== version) throw this.error(`version ${found}`);
  }

  /** The last four bytes are the checksum of those in front of them. */
  verify(): void {
    const at = Math.max(0, this.bytes.length - CHECKSUM);
    this.#compare(this.bytes.subarray(0, at), at);
  }
  /** Four bytes in the middle are the checksum of all with zeros in their place. */
  verifyAt(at: number): void {
    const body = new Uint8Array(this.bytes);
    body.fill(0, at, at + CHECKSUM);
    this.#compare(body, at);
  }

  #compare(body: Uint8Array, at: number): void {
    const expected = new Uint8Array(CHECKSUM);
    view(expected).setUint32(0, checksumOf(body), true);
    if (!equalBytes(this.bytes.subarray(at, at + CHECKSUM), expected)) throw this.error('a wrong checksum');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const textOf = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('a name that is not UTF-8');
  }
};
