import { limit } from '../scan.ts';
import type { ScanLimits } from '../scan-options.ts';

/** What is known about a value while the stream is walked; the payload's meaning depends on the tag. */
export const TAG = {
  opaque: 0,
  none: 1,
  bool: 2,
  /** Payload: the value. */
  int: 3,
  /** Payload: a reference into `Texts`. */
  text: 4,
  /** Too long to be a name. */
  longText: 5,
  /** Payload: index of the imported name. */
  global: 6,
  /** Payload: index of the name whose call made it, or -1. */
  instance: 7,
  /** Payload of the containers: their number, see `Containers`. */
  tuple: 8,
  list: 9,
  dict: 10,
  set: 11,
  /** Payload: index of a known numpy dtype. */
  dtype: 12,
  /** An imported name that may be called here and now, not handed to something that calls it: see guards.ts. */
  restricted: 13,
  /** joblib's placeholder for an array whose bytes follow in the stream. */
  wrapper: 14,
  /** Bytes that are scanned on their own, because what comes next loads them. */
  embedded: 15,
} as const;

const grown = (needed: number, capacity: number) => Math.max(needed, capacity * 2);

/** A column of (tag, payload) cells in two typed arrays: nine bytes a value, however many million there are. */
export class Cells {
  tags = new Uint8Array(64);
  payloads = new Float64Array(64);
  length = 0;
  readonly #limits: ScanLimits;
  readonly #limit: 'stack' | 'memo';

  constructor(limits: ScanLimits, name: 'stack' | 'memo') {
    this.#limits = limits;
    this.#limit = name;
  }

  push(tag: number, payload: number): void {
    if (this.length === this.tags.length) this.reserve(this.length + 1);
    this.tags[this.length] = tag;
    this.payloads[this.length] = payload;
    this.length += 1;
  }

  /** Makes room for `needed` cells. */
  reserve(needed: number): void {
    if (needed <= this.tags.length) return;
    if (needed > this.#limits[this.#limit]) throw limit(this.#limit, this.#limits);
    const capacity = Math.min(grown(needed, this.tags.length), this.#limits[this.#limit]);
    const tags = new Uint8Array(capacity);
    const payloads = new Float64Array(capacity);
    tags.set(this.tags);
    payloads.set(this.payloads);
    this.tags = tags;
    this.payloads = payloads;
  }
}

const EMPTY = 255;
/** Indices that leave more of the memo empty than this are kept one by one. */
const SPARSE = 1 << 20;

/** The memo. Honest picklers count from 0; a far index must not make us allocate what lies between. */
export class Memo {
  readonly #cells: Cells;
  readonly #limits: ScanLimits;
  readonly #far = new Map<number, readonly [tag: number, payload: number]>();
  /** Distinct indices in use: the index that MEMOIZE takes. */
  size = 0;
  /** The entry found by the last successful `find`. */
  tag = 0;
  payload = 0;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
    this.#cells = new Cells(limits, 'memo');
    this.#cells.tags.fill(EMPTY);
  }

  put(index: number, tag: number, payload: number): void {
    const cells = this.#cells;
    if (index >= cells.tags.length && index - this.size > SPARSE) {
      this.#putFar(index, tag, payload);
      return;
    }
    if (index >= cells.tags.length) {
      const before = cells.tags.length;
      cells.reserve(index + 1);
      cells.tags.fill(EMPTY, before);
    }
    if (cells.tags[index] === EMPTY && !this.#far.has(index)) this.size += 1;
    cells.tags[index] = tag;
    cells.payloads[index] = payload;
  }

  find(index: number): boolean {
    const tag = this.#cells.tags[index] ?? EMPTY;
    if (tag !== EMPTY) {
      this.tag = tag;
      this.payload = this.#cells.payloads[index] ?? 0;
      return true;
    }
    const far = this.#far.get(index);
    if (far === undefined) return false;
    [this.tag, this.payload] = far;
    return true;
  }

  #putFar(index: number, tag: number, payload: number): void {
    if (!this.#far.has(index)) this.size += 1;
    this.#far.set(index, [tag, payload]);
    if (this.#far.size > this.#limits.names) throw limit('memo', this.#limits);
  }
}
