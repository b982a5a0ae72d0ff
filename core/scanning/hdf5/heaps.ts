import { limit } from '../scan.ts';
import { type Cursor, textOf } from './cursor.ts';
import type { Hdf5File } from './file.ts';
import { malformed } from './malformed.ts';

const LONGEST_NAME = 4096;

/** The names of one old group, or of external files. */
export class LocalHeap {
  readonly #segment: Cursor;

  private constructor(segment: Cursor) {
    this.#segment = segment;
  }

  static async open(file: Hdf5File, address: number | undefined): Promise<LocalHeap> {
    const { offset, length } = file.sizes;
    const header = await file.open(address, 8 + 2 * length + offset, 'a local heap');
    header.expect('HEAP', 0);
    header.skip(3);
    const size = header.length();
    header.skip(length);
    return new LocalHeap(await file.open(header.address(), size, 'the segment of a local heap'));
  }

  text(at: number): string {
    const { bytes, start } = this.#segment;
    const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
    if (end === -1 || end - at > LONGEST_NAME) throw malformed('a name outside of its heap, or without an end', start);
    return textOf(bytes.subarray(at, end));
  }
}

const SMALLEST_COLLECTION = 4096;

/** Values of variable length, in collections; each collection is read once and kept. */
export class GlobalHeaps {
  readonly #file: Hdf5File;
  readonly #collections = new Map<number, ReadonlyMap<number, Uint8Array>>();
  #held = 0;

  constructor(file: Hdf5File) {
    this.#file = file;
  }

  async object(address: number | undefined, index: number): Promise<Uint8Array> {
    if (address === undefined) throw malformed('a value in a heap that is nowhere');
    const collection = this.#collections.get(address) ?? (await this.#read(address));
    this.#collections.set(address, collection);
    const found = collection.get(index);
    if (found === undefined) throw malformed(`value ${index} is not in its heap`, this.#file.superblock.base + address);
    return found;
  }

  async #read(address: number): Promise<ReadonlyMap<number, Uint8Array>> {
    const { limits } = this.#file.scan;
    const lengthSize = this.#file.sizes.length;
    const head = await this.#file.peek(address, 8 + lengthSize, 'a heap of values');
    head.expect('GCOL', 1);
    head.skip(3);
    const size = head.length();
    if (size < SMALLEST_COLLECTION) throw head.error(`${size} bytes`);
    this.#file.claim(address, size, 'a heap of values');
    this.#held += size;
    if (this.#held > limits.heldBytes) throw limit('heldBytes', limits);
    const whole = await this.#file.peek(address, size, 'a heap of values');
    whole.skip(head.position);
    const objects = new Map<number, Uint8Array>();
    while (whole.left >= 8 + lengthSize) {
      const index = whole.u16();
      whole.skip(6);
      const length = whole.length();
      if (index === 0) break;
      if (objects.has(index)) throw whole.error(`value ${index} appears twice`);
      objects.set(index, whole.take(length));
      whole.skip(Math.min(whole.left, (8 - (length % 8)) % 8));
    }
    return objects;
  }
}
