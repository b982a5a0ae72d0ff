import type { ByteSource } from '../byte-source.ts';
import type { RuleId } from '../rules.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';

const PAGE = 64 * 1024;
const MOST_PAGES = 64;

/** Any place of a source, by pages: what a flatbuffer refers to lies anywhere. */
export class Pages {
  readonly #source: ByteSource;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #scan: Scan;
  readonly #rule: RuleId;
  #looks = 0;

  constructor(scan: Scan, source: ByteSource, rule: RuleId) {
    this.#scan = scan;
    this.#source = source;
    this.#rule = rule;
  }

  get size(): number {
    return this.#source.size;
  }

  bad(what: string, offset: number): Unscannable {
    return new Unscannable(this.#rule, { what, offset: Math.max(0, offset) });
  }

  /** Holds a range against the end of the file. */
  inside(at: number, length: number): number {
    if (!Number.isSafeInteger(at) || at < 0 || at + length > this.size)
      throw this.bad('an offset that leaves the file', at);
    return at;
  }

  async #page(number: number): Promise<Uint8Array> {
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    const page = await this.#source.read(number * PAGE, PAGE);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(number, page);
    return page;
  }

  async bytes(at: number, length: number): Promise<Uint8Array> {
    this.#looks += 1;
    if (this.#looks > this.#scan.limits.fields) throw limit('fields', this.#scan.limits);
    this.inside(at, length);
    const first = Math.floor(at / PAGE);
    const last = Math.floor((at + length - 1) / PAGE);
    if (first === last) return (await this.#page(first)).subarray(at - first * PAGE, at - first * PAGE + length);
    return this.#source.read(at, length);
  }

  async view(at: number, length: number): Promise<DataView> {
    const bytes = await this.bytes(at, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async u16(at: number): Promise<number> {
    return (await this.view(at, 2)).getUint16(0, true);
  }
  async u32(at: number): Promise<number> {
    return (await this.view(at, 4)).getUint32(0, true);
  }
  async i32(at: number): Promise<number> {
    return (await this.view(at, 4)).getInt32(0, true);
  }
}

/** A vector: how many elements, and where the first is. */
export type FlatVector = { readonly count: number; readonly at: number };

const LONGEST_TEXT = 1024 * 1024;

/** One table of a flatbuffer (https://flatbuffers.dev/internals); everything it says is held against the file. */
export class FlatTable {
  readonly #pages: Pages;
  readonly #at: number;
  readonly #fields: readonly number[];

  private constructor(pages: Pages, at: number, fields: readonly number[]) {
    this.#pages = pages;
    this.#at = at;
    this.#fields = fields;
  }

  static async root(pages: Pages, start: number): Promise<FlatTable> {
    return FlatTable.at(pages, start + (await pages.u32(start)));
  }

  static async at(pages: Pages, at: number): Promise<FlatTable> {
    const vtable = at - (await pages.i32(at));
    const size = await pages.u16(vtable);
    const length = await pages.u16(vtable + 2);
    if (size < 4 || size % 2 !== 0) throw pages.bad('a damaged table', at);
    pages.inside(at, length);
    const data = await pages.view(vtable, size);
    const fields: number[] = [];
    for (let i = 4; i < size; i += 2) {
      const offset = data.getUint16(i, true);
      if (offset >= length && offset !== 0) throw pages.bad('a field outside of its table', at);
      fields.push(offset);
    }
    return new FlatTable(pages, at, fields);
  }

  /** Where the value of a field is, undefined if it has the default. */
  place(field: number): number | undefined {
    const offset = this.#fields[field] ?? 0;
    return offset === 0 ? undefined : this.#at + offset;
  }

  async #target(field: number): Promise<number | undefined> {
    const place = this.place(field);
    return place === undefined ? undefined : place + (await this.#pages.u32(place));
  }

  async i32(field: number, otherwise: number): Promise<number> {
    const place = this.place(field);
    return place === undefined ? otherwise : this.#pages.i32(place);
  }

  async u8(field: number, otherwise: number): Promise<number> {
    const place = this.place(field);
    return place === undefined ? otherwise : ((await this.#pages.bytes(place, 1))[0] ?? otherwise);
  }

  async u64(field: number): Promise<number> {
    const place = this.place(field);
    return place === undefined ? 0 : Number((await this.#pages.view(place, 8)).getBigUint64(0, true));
  }

  async table(field: number): Promise<FlatTable | undefined> {
    const target = await this.#target(field);
    return target === undefined ? undefined : FlatTable.at(this.#pages, target);
  }

  async vector(field: number, elementSize: number): Promise<FlatVector> {
    const target = await this.#target(field);
    if (target === undefined) return { count: 0, at: 0 };
    const count = await this.#pages.u32(target);
    this.#pages.inside(target + 4, count * elementSize);
    return { count, at: target + 4 };
  }

  async text(field: number): Promise<string | undefined> {
    const target = await this.#target(field);
    return target === undefined ? undefined : this.#textAt(target);
  }

  async #textAt(target: number): Promise<string> {
    const length = await this.#pages.u32(target);
    if (length > LONGEST_TEXT) throw this.#pages.bad(`a text of ${length} bytes`, target);
    return new TextDecoder().decode(length === 0 ? new Uint8Array() : await this.#pages.bytes(target + 4, length));
  }

  async #elements(field: number): Promise<number[]> {
    const { count, at } = await this.vector(field, 4);
    const targets: number[] = [];
    for (let i = 0; i < count; i += 1) targets.push(at + 4 * i + (await this.#pages.u32(at + 4 * i)));
    return targets;
  }

  async tables(field: number): Promise<FlatTable[]> {
    const tables: FlatTable[] = [];
    for (const target of await this.#elements(field)) tables.push(await FlatTable.at(this.#pages, target));
    return tables;
  }

  async texts(field: number): Promise<string[]> {
    const texts: string[] = [];
    for (const target of await this.#elements(field)) texts.push(await this.#textAt(target));
    return texts;
  }
}
