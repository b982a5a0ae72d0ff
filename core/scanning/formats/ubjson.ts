import type { ByteStream } from '../byte-stream.ts';
import { view } from '../bytes.ts';
import type { RuleId } from '../rules.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';

/** An array of numbers, of which only this is kept: a model has millions. */
export type Numbers = { readonly count: number; readonly min: number; readonly max: number };
export type Ubjson = null | boolean | number | string | Numbers | Ubjson[] | Map<string, Ubjson>;

export const isNumbers = (value: unknown): value is Numbers =>
  typeof value === 'object' && value !== null && 'count' in value && 'min' in value;

type Reader = (data: DataView, at: number) => number;
const INTEGERS: Readonly<Record<string, readonly [size: number, read: Reader]>> = {
  i: [1, (data, at) => data.getInt8(at)],
  U: [1, (data, at) => data.getUint8(at)],
  I: [2, (data, at) => data.getInt16(at)],
  l: [4, (data, at) => data.getInt32(at)],
  L: [8, (data, at) => Number(data.getBigInt64(at))],
};
const NUMBERS: typeof INTEGERS = {
  ...INTEGERS,
  d: [4, (data, at) => data.getFloat32(at)],
  D: [8, (data, at) => data.getFloat64(at)],
};
const LITERALS: Readonly<Record<string, null | boolean>> = { Z: null, T: true, F: false };

const DEEPEST = 32;
const LONGEST_NAME = 4096;
const LONGEST_TEXT = 16 * 1024 * 1024;
const MOST_VALUES = 5_000_000;
const CHUNK = 64 * 1024;

/** Universal Binary JSON, draft 12, big-endian; every length is held against the rest of the file first. */
export class UbjsonReader {
  readonly #scan: Scan;
  readonly #stream: ByteStream;
  readonly #rule: RuleId;
  #values = 0;

  constructor(scan: Scan, stream: ByteStream, rule: RuleId) {
    this.#scan = scan;
    this.#stream = stream;
    this.#rule = rule;
  }

  async document(): Promise<Ubjson> {
    const value = await this.#value(await this.#marker(), 0);
    await this.#stream.fill(1);
    if (this.#stream.window.length > 0) throw this.#bad('bytes behind the document');
    return value;
  }

  #bad(what: string): Unscannable {
    return new Unscannable(this.#rule, { what, offset: this.#stream.position });
  }

  async #take(length: number): Promise<Uint8Array> {
    await this.#stream.fill(length);
    const bytes = this.#stream.window.subarray(0, length);
    if (bytes.length < length) throw this.#bad('the file ends within a value');
    await this.#stream.advance(length);
    return bytes;
  }

  async #marker(): Promise<string> {
    return String.fromCharCode(...(await this.#take(1)));
  }

  async #peek(marker: string): Promise<boolean> {
    await this.#stream.fill(1);
    if (this.#stream.window[0] !== marker.charCodeAt(0)) return false;
    await this.#stream.advance(1);
    return true;
  }

  async #length(): Promise<number> {
    const integer = INTEGERS[await this.#marker()];
    if (integer === undefined) throw this.#bad('a length that is no number');
    const [size, read] = integer;
    const length = read(view(await this.#take(size)), 0);
    if (length < 0 || length > this.#stream.end - this.#stream.position)
      throw this.#bad(`a length of ${length} beyond the end`);
    return length;
  }

  async #text(longest: number): Promise<string> {
    const length = await this.#length();
    if (length > longest) throw this.#bad(`a text of ${length} bytes`);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await this.#take(length));
    } catch (cause) {
      if (cause instanceof TypeError) throw this.#bad('a text that is not UTF-8');
      throw cause;
    }
  }

  async #value(marker: string, depth: number): Promise<Ubjson> {
    this.#values += 1;
    if (this.#values > MOST_VALUES) throw limit('fields', this.#scan.limits);
    if (depth > DEEPEST) throw this.#bad('nested too deep');
    const literal = LITERALS[marker];
    if (literal !== undefined) return literal;
    const number = NUMBERS[marker];
    if (number !== undefined) return number[1](view(await this.#take(number[0])), 0);
    if (marker === 'S') return this.#text(LONGEST_TEXT);
    if (marker === 'C') return this.#marker();
    if (marker === '{') return this.#object(depth);
    if (marker === '[') return this.#array(depth);
    throw this.#bad(`an unknown type ${JSON.stringify(marker)}`);
  }

  /** Only what XGBoost writes: a type only together with a count. */
  async #array(depth: number): Promise<Ubjson> {
    const type = (await this.#peek('$')) ? await this.#marker() : undefined;
    const count = (await this.#peek('#')) ? await this.#length() : undefined;
    if (type !== undefined) return this.#numbers(type, count);
    const items: Ubjson[] = [];
    while (count === undefined ? !(await this.#peek(']')) : items.length < count)
      items.push(await this.#value(await this.#marker(), depth + 1));
    return items;
  }

  async #numbers(type: string, count: number | undefined): Promise<Numbers> {
    const number = NUMBERS[type];
    if (number === undefined || count === undefined) throw this.#bad('a typed array of no numbers or no length');
    const [size, read] = number;
    if (count * size > this.#stream.end - this.#stream.position) throw this.#bad(`${count} numbers beyond the end`);
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    if (INTEGERS[type] === undefined) await this.#stream.advance(count * size);
    else
      for (let left = count; left > 0; ) {
        const now = Math.min(left, CHUNK / size);
        const data = view(await this.#take(now * size));
        for (let at = 0; at < now * size; at += size) {
          const value = read(data, at);
          if (value < min) min = value;
          if (value > max) max = value;
        }
        left -= now;
      }
    return { count, min, max };
  }

  async #object(depth: number): Promise<Map<string, Ubjson>> {
    const members = new Map<string, Ubjson>();
    while (!(await this.#peek('}'))) {
      const name = await this.#text(LONGEST_NAME);
      if (members.has(name)) throw this.#bad(`two members of the name ${name}`);
      members.set(name, await this.#value(await this.#marker(), depth + 1));
    }
    return members;
  }
}
