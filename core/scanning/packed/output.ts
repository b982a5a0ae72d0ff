/** What is packed does not have the form that its format asks for. */
export class Damaged extends Error {}

/** Unpacking gives more than the caller will hold. */
export class TooLarge extends Error {}

/** Unpacked bytes, which what follows may refer back to. Grows as it is written, and never beyond a limit. */
export class Output {
  bytes: Uint8Array;
  length = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, 64 * 1024));
  }

  /** @throws TooLarge */
  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    if (needed > this.#limit) throw new TooLarge();
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(needed, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  append(more: Uint8Array): void {
    this.#reserve(more.length);
    this.bytes.set(more, this.length);
    this.length += more.length;
  }

  /** Repeats what stands `distance` back, which may reach into what it writes. @throws Damaged before the first byte */
  repeat(distance: number, count: number): void {
    if (distance > this.length || distance < 1) throw new Damaged();
    this.#reserve(count);
    const { bytes } = this;
    let to = this.length;
    for (let left = count; left > 0; left -= 1, to += 1) bytes[to] = bytes[to - distance] ?? 0;
    this.length = to;
  }

  get content(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** Bytes to unpack. Reading beyond their end is damage. */
export class Input {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw new Damaged();
    return this.bytes[this.at++] ?? 0;
  }

  take(count: number): Uint8Array {
    if (count < 0 || this.at + count > this.end) throw new Damaged();
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** Least significant byte first; up to six bytes. */
  number(count: number): number {
    let value = 0;
    for (let place = 0; place < count; place += 1) value += this.byte() * 256 ** place;
    return value;
  }
}
