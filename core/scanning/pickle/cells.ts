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

const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** The stack: a column of (tag, payload) cells in two typed arrays, nine bytes a value, however many there are. */
export class Cells {
  tags = new Uint8Array(64);
  payloads = new Float64Array(64);
  length = 0;
  readonly #limits: ScanLimits;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
  }

  push(tag: number, payload: number): void {
    if (this.length === this.tags.length) this.#grow();
    this.tags[this.length] = tag;
    this.payloads[this.length] = payload;
    this.length += 1;
  }

  #grow(): void {
    if (this.length >= this.#limits.stack) throw limit('stack', this.#limits);
    const capacity = Math.min(this.length * 2, this.#limits.stack);
    // Transferred, the old memory is free at once and not when somebody collects it.
    this.tags = new Uint8Array(this.tags.buffer.transfer(capacity));
    this.payloads = new Float64Array(this.payloads.buffer.transfer(capacity * BYTES));
  }
}

const EMPTY = 255;
const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;

/**
 * The memo, in pages that are made when they are first written to. Honest picklers count from 0; a far index must not
 * make us allocate what lies between.
 */
export class Memo {
  readonly #tags: Uint8Array[] = [];
  readonly #payloads: Float64Array[] = [];
  readonly #limits: ScanLimits;
  readonly #far = new Map<number, readonly [tag: number, payload: number]>();
  /** Distinct indices in use: the index that MEMOIZE takes. */
  size = 0;
  /** The entry found by the last successful `find`. */
  tag = 0;
  payload = 0;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
  }

  put(index: number, tag: number, payload: number): void {
    if (index >= this.#limits.memo) {
      this.#putFar(index, tag, payload);
      return;
    }
    const page = index >>> PAGE_BITS;
    const tags = this.#tags[page] ?? this.#makePage(page);
    const cell = index & (PAGE - 1);
    if (tags[cell] === EMPTY) this.size += 1;
    tags[cell] = tag;
    (this.#payloads[page] as Float64Array)[cell] = payload;
  }

  find(index: number): boolean {
    const page = index >>> PAGE_BITS;
    const cell = index & (PAGE - 1);
    const tag = index < this.#limits.memo ? (this.#tags[page]?.[cell] ?? EMPTY) : EMPTY;
    if (tag !== EMPTY) {
      this.tag = tag;
      this.payload = this.#payloads[page]?.[cell] ?? 0;
      return true;
    }
    const far = this.#far.get(index);
    if (far === undefined) return false;
    [this.tag, this.payload] = far;
    return true;
  }

  #makePage(page: number): Uint8Array {
    const tags = new Uint8Array(PAGE).fill(EMPTY);
    this.#tags[page] = tags;
    this.#payloads[page] = new Float64Array(PAGE);
    return tags;
  }

  #putFar(index: number, tag: number, payload: number): void {
    if (!this.#far.has(index)) this.size += 1;
    this.#far.set(index, [tag, payload]);
    if (this.size > this.#limits.memo || this.#far.size > this.#limits.names) throw limit('memo', this.#limits);
  }
}
