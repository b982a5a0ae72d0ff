import type { ByteSource } from '../byte-source.ts';
import { type ByteStream, streamOf } from '../byte-stream.ts';
import { u64, view } from '../bytes.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';

const LENGTH_SIZE = 8;
const WINDOW = 64 * 1024;

/** @throws Unscannable, as the finding that ends the reading of a header */
export const badHeader = (what: string, offset: number): Unscannable =>
  new Unscannable('gguf.header', { what, offset });

/** Little-endian values one after another; lengths are held against the rest of the file before anything is read. */
export class GgufStream {
  readonly #stream: ByteStream;
  readonly #scan: Scan;
  readonly #size: number;

  constructor(scan: Scan, source: ByteSource, start: number) {
    this.#scan = scan;
    this.#size = source.size;
    this.#stream = streamOf(source, start);
  }

  get position(): number {
    return this.#stream.position;
  }

  /** How many bytes of the header may still come. */
  get #left(): number {
    return this.#size - this.#stream.position;
  }

  async #take(length: number): Promise<Uint8Array> {
    if (length > this.#left) throw badHeader('the file ends in its header', this.position);
    if (this.position > this.#scan.limits.headerBytes) throw limit('headerBytes', this.#scan.limits);
    await this.#stream.fill(length);
    const taken = this.#stream.window.subarray(0, length);
    if (taken.length < length) throw badHeader('the file ends in its header', this.position);
    await this.#stream.advance(length);
    return taken;
  }

  async u8(): Promise<number> {
    return (await this.#take(1))[0] ?? 0;
  }
  async u32(): Promise<number> {
    return view(await this.#take(4)).getUint32(0, true);
  }
  async u64(): Promise<number> {
    return u64(view(await this.#take(LENGTH_SIZE)), 0);
  }

  /** A number of things, each at least `smallest` bytes long, that the rest of the file has room for. */
  async count(what: string, smallest: number): Promise<number> {
    const at = this.position;
    const count = await this.u64();
    if (count * smallest > this.#left) throw badHeader(`${count} ${what} in ${this.#left} bytes`, at);
    return count;
  }

  async text(what: string, longest: number): Promise<string> {
    const at = this.position;
    const length = await this.count('characters', 1);
    if (length > longest) throw badHeader(`${what} of ${length} bytes`, at);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await this.#take(length));
    } catch (cause) {
      if (cause instanceof TypeError) throw badHeader(`${what} that is not UTF-8`, at);
      throw cause;
    }
  }

  /** @returns nothing of a text that is longer, and passes over it */
  async shortText(longest: number): Promise<string> {
    const length = await this.count('characters', 1);
    if (length <= longest) return new TextDecoder('utf-8').decode(await this.#take(length));
    await this.skip(length);
    return '';
  }

  async skip(length: number): Promise<void> {
    if (length > this.#left) throw badHeader('the file ends in its header', this.position);
    await this.#stream.advance(length);
  }

  /** Vocabularies have hundreds of thousands of strings: walked in the window, never held. */
  async skipTexts(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      await this.#stream.fill(Math.min(WINDOW, this.#left));
      const { window } = this.#stream;
      const data = view(window);
      let at = 0;
      for (; left > 0 && at + LENGTH_SIZE <= window.length; left -= 1) {
        const next = at + LENGTH_SIZE + u64(data, at);
        if (next > window.length) break;
        at = next;
      }
      await this.#stream.advance(at);
      if (at > 0) continue;
      await this.skip(await this.count('characters', 1));
      left -= 1;
      if (this.position > this.#scan.limits.headerBytes) throw limit('headerBytes', this.#scan.limits);
    }
  }
}
