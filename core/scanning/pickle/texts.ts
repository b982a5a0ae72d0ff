const RING = 1 << 16;
const RING_MASK = RING - 1;
/** Longer strings are never names, dtypes or keys that matter. */
export const MAX_SHORT_TEXT = 255;
const MAX_INLINE = 6;

const NO_BYTES = new Uint8Array();

const INLINE = 0;
const WORD = 1;
const RECENT = 2;
const KINDS = 4;

const utf8 = new TextDecoder('utf-8');
const encoder = new TextEncoder();

const hash = (bytes: Uint8Array, start: number, length: number): number => {
  let value = 0x811c9dc5 ^ length;
  for (let i = start; i < start + length; i += 1) value = Math.imul(value ^ (bytes[i] ?? 0), 0x01000193);
  return value >>> 0;
};

const inlineReference = (bytes: Uint8Array, start: number, length: number): number => {
  let packed = 0;
  for (let i = 0; i < length; i += 1) packed = packed * 256 + (bytes[start + i] ?? 0);
  return (packed * 8 + length) * KINDS + INLINE;
};

const unpacked = (packed: number, length: number): string => {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = packed; i >= 0; i -= 1, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return utf8.decode(bytes);
};

/** Text is decoded once: keys of array headers come again and again. The same in every pickle. */
const shortTexts = new Map<number, string>();
const MOST_SHORT_TEXTS = 4096;

/** The words worth remembering for ever: names of the lists. A hash table from their UTF-8 bytes to their index. */
export class Dictionary {
  readonly words: readonly string[];
  readonly #encoded: readonly Uint8Array[];
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(words: readonly string[]) {
    this.words = words;
    this.#encoded = words.map((word) => encoder.encode(word));
    const size = 2 ** Math.ceil(Math.log2(words.length * 4 + 16));
    this.#slots = new Int32Array(size).fill(-1);
    this.#mask = size - 1;
    for (const [index, bytes] of this.#encoded.entries()) {
      let slot = hash(bytes, 0, bytes.length) & this.#mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index;
    }
  }

  /** What `Texts.store` answers for a word: the same number in every pickle. */
  referenceOf(word: string): number {
    const bytes = encoder.encode(word);
    return bytes.length <= MAX_INLINE
      ? inlineReference(bytes, 0, bytes.length)
      : this.find(bytes, 0, bytes.length) * KINDS + WORD;
  }

  find(bytes: Uint8Array, start: number, length: number): number {
    let slot = hash(bytes, start, length) & this.#mask;
    for (;;) {
      const index = this.#slots[slot] ?? -1;
      if (index === -1 || this.#equals(index, bytes, start, length)) return index;
      slot = (slot + 1) & this.#mask;
    }
  }

  #equals(index: number, bytes: Uint8Array, start: number, length: number): boolean {
    const word = this.#encoded[index];
    if (word === undefined || word.length !== length) return false;
    for (let i = 0; i < length; i += 1) if (word[i] !== bytes[start + i]) return false;
    return true;
  }
}

/**
 * The short strings of a pickle, as numbers. The stream is read once and may be huge, but an imported name must be
 * known when it is used: names of the lists are kept for ever, other strings up to six bytes in the number itself, the
 * rest in a ring of recent bytes. A name that was overwritten there is on no list, so it is refused all the same.
 */
export class Texts {
  readonly #dictionary: Dictionary;
  /** Made when it is needed: many files are looked at that turn out to be no pickle. */
  #ring = NO_BYTES;
  #position = 0;

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary;
  }

  /** @returns the reference that `read` takes */
  store(bytes: Uint8Array, start: number, length: number): number {
    if (length <= MAX_INLINE) return inlineReference(bytes, start, length);
    const word = this.#dictionary.find(bytes, start, length);
    if (word !== -1) return word * KINDS + WORD;
    if (this.#ring === NO_BYTES) this.#ring = new Uint8Array(RING);
    const position = this.#position;
    for (let i = 0; i < length; i += 1) this.#ring[(position + i) & RING_MASK] = bytes[start + i] ?? 0;
    this.#position = position + length;
    return (position * 256 + length) * KINDS + RECENT;
  }

  storeString(text: string): number | undefined {
    const bytes = encoder.encode(text);
    return bytes.length > MAX_SHORT_TEXT ? undefined : this.store(bytes, 0, bytes.length);
  }

  /** Undefined if it is too long ago. */
  read(reference: number): string | undefined {
    const kind = reference % KINDS;
    const rest = Math.floor(reference / KINDS);
    if (kind === WORD) return this.#dictionary.words[rest];
    if (kind === INLINE) return this.#inline(Math.floor(rest / 8), rest % 8);
    const position = Math.floor(rest / 256);
    if (this.#position - position > RING) return undefined;
    const bytes = new Uint8Array(rest % 256);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = this.#ring[(position + i) & RING_MASK] ?? 0;
    return utf8.decode(bytes);
  }

  #inline(packed: number, length: number): string {
    const key = packed * 8 + length;
    const known = shortTexts.get(key);
    if (known !== undefined) return known;
    const text = unpacked(packed, length);
    if (shortTexts.size < MOST_SHORT_TEXTS) shortTexts.set(key, text);
    return text;
  }
}
