import { Damaged, type Input, type Output } from './output.ts';

// Names and numbers as the LZMA specification has them (https://www.7-zip.org/sdk.html, lzma-specification.txt).

const MODEL_BITS = 11;
const EVEN = 1 << (MODEL_BITS - 1);
const MOVE_BITS = 5;
const TOP = 2 ** 24;

const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(EVEN);

class RangeDecoder {
  readonly #input: Input;
  #range = 0xffffffff;
  #code = 0;

  constructor(input: Input) {
    this.#input = input;
    if (input.byte() !== 0) throw new Damaged();
    for (let count = 0; count < 4; count += 1) this.#code = ((this.#code << 8) | input.byte()) >>> 0;
  }

  #normalize(): void {
    if (this.#range >= TOP) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#input.byte()) >>> 0;
  }

  bit(model: Uint16Array, at: number): number {
    const probability = model[at] ?? EVEN;
    const bound = (this.#range >>> MODEL_BITS) * probability;
    let bit: number;
    if (this.#code < bound) {
      model[at] = probability + (((1 << MODEL_BITS) - probability) >>> MOVE_BITS);
      this.#range = bound;
      bit = 0;
    } else {
      model[at] = probability - (probability >>> MOVE_BITS);
      this.#range -= bound;
      this.#code -= bound;
      bit = 1;
    }
    this.#normalize();
    return bit;
  }

  direct(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      this.#normalize();
      value = value * 2 + bit;
    }
    return value;
  }

  tree(model: Uint16Array, from: number, bits: number): number {
    let node = 1;
    for (let count = 0; count < bits; count += 1) node = (node << 1) | this.bit(model, from + node);
    return node - (1 << bits);
  }

  reverseTree(model: Uint16Array, from: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let place = 0; place < bits; place += 1) {
      const bit = this.bit(model, from + node);
      node = (node << 1) | bit;
      value |= bit << place;
    }
    return value;
  }
}

class LengthDecoder {
  readonly #choice = probabilities(2);
  readonly #low = probabilities(16 << 3);
  readonly #middle = probabilities(16 << 3);
  readonly #high = probabilities(256);

  decode(coder: RangeDecoder, position: number): number {
    if (coder.bit(this.#choice, 0) === 0) return coder.tree(this.#low, position << 3, 3);
    if (coder.bit(this.#choice, 1) === 0) return 8 + coder.tree(this.#middle, position << 3, 3);
    return 16 + coder.tree(this.#high, 0, 8);
  }
}

export type Properties = { readonly lc: number; readonly lp: number; readonly pb: number };

/** @throws Damaged */
export const readProperties = (byte: number): Properties => {
  if (byte >= 9 * 5 * 5) throw new Damaged();
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
};

const SHORTEST_MATCH = 2;
const DISTANCE_SLOTS = 64;

/** Unpacks LZMA as far as it is asked to; what it has learned stays for the next part. */
export class LzmaDecoder {
  readonly #properties: Properties;
  readonly #output: Output;
  /** Where the dictionary begins: nothing in front of it can be referred to. */
  readonly #start: number;
  readonly #literals: Uint16Array;
  readonly #isMatch = probabilities(12 << 4);
  readonly #isRep = probabilities(12);
  readonly #isRepG0 = probabilities(12);
  readonly #isRepG1 = probabilities(12);
  readonly #isRepG2 = probabilities(12);
  readonly #isRep0Long = probabilities(12 << 4);
  readonly #slots = probabilities(4 * DISTANCE_SLOTS);
  readonly #spread = probabilities(1 + 128 - 14);
  readonly #align = probabilities(16);
  readonly #length = new LengthDecoder();
  readonly #repLength = new LengthDecoder();
  #state = 0;
  #reps: [number, number, number, number] = [0, 0, 0, 0];

  constructor(properties: Properties, output: Output, start = output.length) {
    this.#properties = properties;
    this.#output = output;
    this.#start = start;
    this.#literals = probabilities(0x300 << (properties.lc + properties.lp));
  }

  /**
   * Unpacks until so many bytes are there, or to the mark that ends the stream.
   * @throws Damaged, TooLarge
   */
  decode(input: Input, count: number): void {
    const coder = new RangeDecoder(input);
    const output = this.#output;
    const end = output.length + count;
    const mask = (1 << this.#properties.pb) - 1;
    while (output.length < end) {
      const position = (output.length - this.#start) & mask;
      const at = (this.#state << 4) + position;
      if (coder.bit(this.#isMatch, at) === 0) this.#literal(coder);
      else if (!this.#match(coder, position, end)) return;
    }
  }

  #literal(coder: RangeDecoder): void {
    const output = this.#output;
    const { lc, lp } = this.#properties;
    const known = output.length - this.#start;
    const before = known > 0 ? (output.bytes[output.length - 1] ?? 0) : 0;
    const from = 0x300 * (((known & ((1 << lp) - 1)) << lc) + (before >>> (8 - lc)));
    let symbol = 1;
    if (this.#state >= 7) {
      const distance = this.#reps[0] + 1;
      if (distance > known) throw new Damaged();
      let matched = output.bytes[output.length - distance] ?? 0;
      while (symbol < 0x100) {
        const hint = (matched >>> 7) & 1;
        matched <<= 1;
        const bit = coder.bit(this.#literals, from + ((1 + hint) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (hint !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(this.#literals, from + symbol);
    output.byte(symbol & 0xff);
    this.#state = this.#state < 4 ? 0 : this.#state - (this.#state < 10 ? 3 : 6);
  }

  /** Whether the stream goes on. */
  #match(coder: RangeDecoder, position: number, end: number): boolean {
    let length: number;
    if (coder.bit(this.#isRep, this.#state) === 0) {
      length = this.#length.decode(coder, position);
      const distance = this.#distance(coder, length);
      if (distance === 0xffffffff) return false;
      this.#reps = [distance, this.#reps[0], this.#reps[1], this.#reps[2]];
      this.#state = this.#state < 7 ? 7 : 10;
    } else {
      if (this.#output.length === this.#start) throw new Damaged();
      if (this.#repeatsOne(coder, position)) {
        this.#state = this.#state < 7 ? 9 : 11;
        this.#repeat(1);
        return true;
      }
      length = this.#repLength.decode(coder, position);
      this.#state = this.#state < 7 ? 8 : 11;
    }
    this.#repeat(Math.min(length + SHORTEST_MATCH, end - this.#output.length));
    return true;
  }

  #repeat(count: number): void {
    const distance = this.#reps[0] + 1;
    if (distance > this.#output.length - this.#start) throw new Damaged();
    this.#output.repeat(distance, count);
  }

  /** Brings the distance that is used again to the front; whether it is for one byte only. */
  #repeatsOne(coder: RangeDecoder, position: number): boolean {
    const [first, second, third, fourth] = this.#reps;
    if (coder.bit(this.#isRepG0, this.#state) === 0)
      return coder.bit(this.#isRep0Long, (this.#state << 4) + position) === 0;
    if (coder.bit(this.#isRepG1, this.#state) === 0) this.#reps = [second, first, third, fourth];
    else if (coder.bit(this.#isRepG2, this.#state) === 0) this.#reps = [third, first, second, fourth];
    else this.#reps = [fourth, first, second, third];
    return false;
  }

  #distance(coder: RangeDecoder, length: number): number {
    const slot = coder.tree(this.#slots, Math.min(length, 3) * DISTANCE_SLOTS, 6);
    if (slot < 4) return slot;
    const bits = (slot >>> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + coder.reverseTree(this.#spread, base - slot, bits);
    return base + coder.direct(bits - 4) * 16 + coder.reverseTree(this.#align, 0, 4);
  }
}
