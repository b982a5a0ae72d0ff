import type { ByteSource } from '../byte-source.ts';
import type { RuleId } from '../rules.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';

/** One field of a message: a number, or the range of a string or message that is read only if someone asks. */
export type Field = {
  readonly number: number;
  readonly wire: number;
  /** Of a varint; exact below 2^53. */
  readonly value: number;
  readonly start: number;
  readonly end: number;
};

export const VARINT = 0;
const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A tag and a length, at their longest. */
const LONGEST_FIELD_HEAD = 20;
const WINDOW = 64 * 1024;
const SMALL_WINDOW = 512;

/** Walks messages by range: large values are jumped over, never held. */
export class ProtobufReader {
  readonly #scan: Scan;
  readonly #source: ByteSource;
  #window = new Uint8Array();
  #windowAt = 0;
  #fields = 0;
  readonly #rule: RuleId;

  /** @param rule by which a damaged message is reported */
  constructor(scan: Scan, source: ByteSource, rule: RuleId) {
    this.#scan = scan;
    this.#source = source;
    this.#rule = rule;
  }

  #malformed(what: string, offset: number): Unscannable {
    return new Unscannable(this.#rule, { what, offset });
  }

  /** Whether the bytes are at hand; if not they must be `load`ed. */
  #has(at: number, length: number): boolean {
    return at >= this.#windowAt && at + length <= this.#windowAt + this.#window.length;
  }

  async #load(at: number, length: number): Promise<void> {
    const straight = at >= this.#windowAt && at <= this.#windowAt + this.#window.length;
    this.#window = new Uint8Array(await this.#source.read(at, Math.max(length, straight ? WINDOW : SMALL_WINDOW)));
    this.#windowAt = at;
  }

  /** @returns the number and where the next byte is */
  #varint(at: number, end: number): readonly [value: number, next: number] {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10 && at + i < end; i += 1) {
      const byte = this.#window[at + i - this.#windowAt] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return [value, at + i + 1];
      scale *= 128;
    }
    throw this.#malformed('a damaged number', at);
  }

  #field(at: number, end: number): Field {
    const [tag, next] = this.#varint(at, end);
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    if (number === 0) throw this.#malformed('a field without a number', at);
    if (wire === VARINT) {
      const [value, after] = this.#varint(next, end);
      return { number, wire, value, start: next, end: after };
    }
    const [length, start] = wire === LENGTH_DELIMITED ? this.#varint(next, end) : [wire === FIXED64 ? 8 : 4, next];
    if (wire !== LENGTH_DELIMITED && wire !== FIXED64 && wire !== FIXED32) throw this.#malformed('a strange field', at);
    if (start + length > end) throw this.#malformed('a field longer than its message', at);
    return { number, wire, value: 0, start, end: start + length };
  }

  /** Calls `visit` with every field of the message in the range. */
  async walk(start: number, end: number, visit: (field: Field) => Promise<void> | undefined): Promise<void> {
    for (let at = start; at < end; ) {
      this.#fields += 1;
      if (this.#fields > this.#scan.limits.fields) throw limit('fields', this.#scan.limits);
      const needed = Math.min(LONGEST_FIELD_HEAD, end - at);
      if (!this.#has(at, needed)) await this.#load(at, needed);
      const field = this.#field(at, end);
      at = field.end;
      const pending = visit(field);
      if (pending !== undefined) await pending;
    }
  }

  /** The value of a string field, which must be short. */
  async text({ start, end }: Field, longest = 4096): Promise<string> {
    if (end - start > longest) throw this.#malformed('a name that is too long', start);
    if (!this.#has(start, end - start)) await this.#load(start, end - start);
    const bytes = this.#window.subarray(start - this.#windowAt, end - this.#windowAt);
    return new TextDecoder('utf-8').decode(bytes);
  }
}
