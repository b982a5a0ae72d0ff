import { type Cells, TAG } from './cells.ts';

const TRACKED = 1 << 24;
const RING = 256;
const MAX_ITEMS = 16;
const MAX_ENTRIES = 256;
/** Dicts whose contents are remembered: a dict of dicts is filled while those in it are. */
const DICTS = 64;

export type Cell = { readonly tag: number; readonly payload: number };

type RecentDict = {
  id: number;
  overflow: boolean;
  length: number;
  readonly tags: number[];
  readonly payloads: number[];
};

/** How many values a structure has when it is walked without noticing that parts are shared. */
const WEIGHT_CAP = 1e15;

/**
 * Tuples, lists, dicts and sets of the stream by number: their weight for all, their contents only for recent small
 * tuples and dicts, which is where class states, shapes and dtypes stand.
 */
export class Containers {
  #weights = new Float64Array(64);
  #count = 1;
  heaviest = 1;
  readonly #tupleIds: number[] = [];
  readonly #tupleLengths = new Uint8Array(RING);
  /** Made with the first tuple: many files are looked at that turn out to be no pickle. */
  #tupleTags = new Uint8Array();
  #tuplePayloads = new Float64Array();
  readonly #dicts: (RecentDict | undefined)[] = [];

  /** A new empty container. Number 0 is the empty tuple, and stands for all beyond the tracked ones. */
  create(): number {
    if (this.#count >= TRACKED) return 0;
    if (this.#count === this.#weights.length)
      this.#weights = new Float64Array(this.#weights.buffer.transfer(this.#weights.byteLength * 2));
    this.#weights[this.#count] = 1;
    this.#count += 1;
    return this.#count - 1;
  }

  /** The stack's cells from `start` become a tuple. */
  tuple(stack: Cells, start: number): number {
    const id = this.create();
    this.fill(id, stack, start);
    const length = stack.length - start;
    if (length > MAX_ITEMS || id === 0) return id;
    if (this.#tupleTags.length === 0) this.#makeRoom();
    const slot = id % RING;
    this.#tupleIds[slot] = id;
    this.#tupleLengths[slot] = length;
    for (let i = 0; i < length; i += 1) {
      this.#tupleTags[slot * MAX_ITEMS + i] = stack.tags[start + i] ?? 0;
      this.#tuplePayloads[slot * MAX_ITEMS + i] = stack.payloads[start + i] ?? 0;
    }
    return id;
  }

  #makeRoom(): void {
    this.#tupleTags = new Uint8Array(RING * MAX_ITEMS);
    this.#tuplePayloads = new Float64Array(RING * MAX_ITEMS);
  }

  /** Undefined if the tuple is too long, or too long ago. */
  items(id: number): Cell[] | undefined {
    if (id === 0) return [];
    const slot = id % RING;
    if (this.#tupleIds[slot] !== id) return undefined;
    const cells: Cell[] = [];
    const start = slot * MAX_ITEMS;
    const end = start + (this.#tupleLengths[slot] ?? 0);
    for (let i = start; i < end; i += 1)
      cells.push({ tag: this.#tupleTags[i] ?? 0, payload: this.#tuplePayloads[i] ?? 0 });
    return cells;
  }

  /** Adds the weights of the stack's cells from `start` to the container. */
  fill(id: number, stack: Cells, start: number): void {
    let weight = this.#weights[id] ?? 1;
    for (let i = start; i < stack.length; i += 1) {
      const tag = stack.tags[i] ?? 0;
      weight += tag >= TAG.tuple && tag <= TAG.set ? (this.#weights[stack.payloads[i] ?? 0] ?? 1) : 1;
    }
    if (weight > WEIGHT_CAP) weight = WEIGHT_CAP;
    if (weight > this.heaviest) this.heaviest = weight;
    if (id !== 0) this.#weights[id] = weight;
  }

  /** Remembers the key-value cells from `start` as contents of the dict, and adds their weight. */
  fillDict(id: number, stack: Cells, start: number): void {
    this.#remember(id, stack, start);
    this.fill(id, stack, start);
  }

  #remember(id: number, stack: Cells, start: number): void {
    if (id === 0) return;
    const slot = id % DICTS;
    let dict = this.#dicts[slot];
    if (dict === undefined) {
      dict = { id: -1, overflow: false, length: 0, tags: [], payloads: [] };
      this.#dicts[slot] = dict;
    }
    if (dict.id !== id) {
      dict.id = id;
      dict.length = 0;
      // Earlier contents are forgotten: what comes now is not all of it.
      dict.overflow = this.#weights[id] !== 1;
    }
    if (dict.length + stack.length - start > MAX_ENTRIES * 2) {
      dict.overflow = true;
      return;
    }
    for (let i = start; i < stack.length; i += 1, dict.length += 1) {
      dict.tags[dict.length] = stack.tags[i] ?? 0;
      dict.payloads[dict.length] = stack.payloads[i] ?? 0;
    }
  }

  /** The first key that answers the description, as far as the contents are known. */
  findKey(id: number, answers: (tag: number, payload: number) => boolean): Cell | undefined {
    const dict = this.#dicts[id % DICTS];
    if (id === 0 || dict?.id !== id || dict.overflow) return undefined;
    for (let i = 0; i < dict.length; i += 2) {
      const [tag, payload] = [dict.tags[i] ?? 0, dict.payloads[i] ?? 0];
      if (answers(tag, payload)) return { tag, payload };
    }
    return undefined;
  }

  /** Undefined unless it is a dict that was filled recently, and small. */
  entries(id: number): { key: Cell; value: Cell }[] | undefined {
    const dict = this.#dicts[id % DICTS];
    if (id === 0 || dict?.id !== id || dict.overflow) return undefined;
    const cell = (i: number): Cell => ({ tag: dict.tags[i] ?? 0, payload: dict.payloads[i] ?? 0 });
    return Array.from({ length: dict.length / 2 }, (_, i) => ({ key: cell(2 * i), value: cell(2 * i + 1) }));
  }
}
