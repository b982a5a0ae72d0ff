/** JSON that cannot be read in two ways: no duplicate names, bounded depth. Objects come back as maps. */
export type StrictJson = null | boolean | number | string | StrictJson[] | Map<string, StrictJson>;

export type JsonLeniency = {
  /** Takes NaN and Infinity, as Python's own reader and writer do. */
  readonly constants?: boolean;
  /** Keeps the last of several members of one name. */
  readonly duplicates?: boolean;
};

const MAX_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\r\n]*/y;
const CONSTANT = /-?Infinity|NaN/y;

class Reader {
  readonly #text: string;
  readonly #leniency: JsonLeniency;
  #at = 0;

  constructor(text: string, leniency: JsonLeniency) {
    this.#text = text;
    this.#leniency = leniency;
  }

  document(): StrictJson {
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw this.#error('text after the value');
    return value;
  }

  #error(what: string): SyntaxError {
    return new SyntaxError(`${what} at ${this.#at}`);
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #take(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (match === null) return undefined;
    this.#at = expression.lastIndex;
    return match[0];
  }

  #skip(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #literal(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error('not a JSON value');
    this.#at += word.length;
  }

  #value(depth: number): StrictJson {
    if (depth > MAX_DEPTH) throw this.#error('nested too deep');
    if (this.#skip('{')) return this.#object(depth);
    if (this.#skip('[')) return this.#array(depth);
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === 't' || first === 'f' || first === 'n') {
      const word = { t: 'true', f: 'false', n: 'null' }[first];
      this.#literal(word);
      return first === 'n' ? null : first === 't';
    }
    const constant = this.#leniency.constants === true ? this.#take(CONSTANT) : undefined;
    const digits = constant ?? this.#take(NUMBER);
    if (digits === undefined) throw this.#error('not a JSON value');
    return Number(digits);
  }

  #string(): string {
    const quoted = this.#take(STRING);
    if (quoted === undefined) throw this.#error('not a JSON string');
    return JSON.parse(quoted) as string;
  }

  #array(depth: number): StrictJson[] {
    const items: StrictJson[] = [];
    if (this.#skip(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#error('expected ] or ,');
    return items;
  }

  #object(depth: number): Map<string, StrictJson> {
    const members = new Map<string, StrictJson>();
    if (this.#skip('}')) return members;
    do {
      this.#space();
      const name = this.#string();
      if (members.has(name) && this.#leniency.duplicates !== true)
        throw this.#error(`duplicate name ${JSON.stringify(name)}`);
      if (!this.#skip(':')) throw this.#error('expected :');
      members.set(name, this.#value(depth + 1));
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#error('expected } or ,');
    return members;
  }
}

/** @throws SyntaxError for anything that is not one JSON value, with unique names unless the leniency says otherwise */
export const parseStrictJson = (text: string, leniency: JsonLeniency = {}): StrictJson =>
  new Reader(text, leniency).document();
