type FatalKind = 'syntax' | 'too-deep' | 'too-many-values';

/**
 * What `JSON.parse` does not tell about a text: where it goes wrong by line and column, which names stand twice in one
 * object (the last one wins silently, so two readers of one signed document may read two things), and how deep it goes.
 */
export type JsonFlaw = {
  readonly kind: FatalKind | 'duplicate-name' | 'reserved-name' | 'not-unicode';
  readonly path: readonly PropertyKey[];
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly found: string;
};

/** A flaw after which the rest is not read. */
export const isFatal = ({ kind }: JsonFlaw): boolean =>
  kind === 'syntax' || kind === 'too-deep' || kind === 'too-many-values';

export type JsonLimits = { readonly depth: number; readonly values: number };

const SPACE = new Set([' ', '\t', '\n', '\r']);
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const MOST_FLAWS = 200;
const FOUND_LENGTH = 20;

/** Leaves the walk; never leaves this file. */
class Unreadable extends Error {}

/** Recursion is safe: the depth limit is checked before each step down. */
class JsonWalk {
  readonly flaws: JsonFlaw[] = [];
  readonly #text: string;
  readonly #limits: JsonLimits;
  readonly #path: PropertyKey[] = [];
  #at = 0;
  #values = 0;
  /** A line break can only stand between tokens, so counting in `#next` is enough. */
  #line = 1;
  #lineStart = 0;

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  document(): void {
    this.#value();
    if (this.#next() !== '') this.#stop('more text after the end of the document');
  }

  #value(): void {
    const next = this.#next();
    if (++this.#values > this.#limits.values) this.#stop(`more than ${this.#limits.values} values`, 'too-many-values');
    if (next === '{') this.#enter(() => this.#object());
    else if (next === '[') this.#enter(() => this.#array());
    else if (next === '"') this.#string();
    else this.#scalar();
  }

  #enter(read: () => void): void {
    const { depth } = this.#limits;
    if (this.#path.length >= depth) this.#stop(`nested deeper than ${depth} levels`, 'too-deep');
    this.#at++;
    read();
  }

  #object(): void {
    const names = new Set<string>();
    if (this.#took('}')) return;
    do {
      if (this.#next() !== '"') this.#stop(`expected a name in double quotes${this.#trailing('}')}`);
      const start = this.#at;
      const name = this.#string();
      this.#path.push(name);
      if (names.has(name)) this.#note('duplicate-name', start, 'this name stands twice in one object');
      if (name === '__proto__') this.#note('reserved-name', start, 'this name cannot be told apart from a prototype');
      names.add(name);
      if (!this.#took(':')) this.#stop('expected a colon');
      this.#value();
      this.#path.pop();
    } while (this.#took(','));
    if (!this.#took('}')) this.#stop('expected a comma or }');
  }

  #array(): void {
    if (this.#took(']')) return;
    let index = 0;
    do {
      if (this.#next() === ']') this.#stop(`expected a value${this.#trailing(']')}`);
      this.#path.push(index++);
      this.#value();
      this.#path.pop();
    } while (this.#took(','));
    if (!this.#took(']')) this.#stop('expected a comma or ]');
  }

  #string(): string {
    const start = this.#at++;
    let escaped = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) this.#stop('this text has no closing quote', 'syntax', start);
      if (code < FIRST_PRINTABLE) this.#stop('a line break or control character inside a text');
      this.#at += code === BACKSLASH ? 2 : 1;
      escaped ||= code === BACKSLASH;
      if (code === QUOTE) break;
    }
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    const value = this.#unescape(start);
    if (!value.isWellFormed()) this.#note('not-unicode', start, 'half a surrogate pair, which has no UTF-8 form');
    return value;
  }

  #unescape(start: number): string {
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      return this.#stop('this text has an escape that JSON does not know', 'syntax', start);
    }
  }

  #scalar(): void {
    SCALAR.lastIndex = this.#at;
    const match = SCALAR.exec(this.#text);
    if (match === null) this.#stop(this.#at >= this.#text.length ? 'the text ends here' : 'expected a value');
    else this.#at += match[0].length;
  }

  /** The next character that is not white space, '' at the end. */
  #next(): string {
    for (;;) {
      const next = this.#text.charAt(this.#at);
      if (!SPACE.has(next)) return next;
      this.#at++;
      if (next === '\n') {
        this.#line++;
        this.#lineStart = this.#at;
      }
    }
  }

  #took(character: string): boolean {
    const took = this.#next() === character;
    if (took) this.#at++;
    return took;
  }

  #trailing(close: string): string {
    return this.#text.charAt(this.#at) === close ? ' after the comma' : '';
  }

  #stop(what: string, kind: FatalKind = 'syntax', at = this.#at): never {
    this.flaws.push(this.#flaw(kind, at, what));
    throw new Unreadable();
  }

  #note(kind: JsonFlaw['kind'], at: number, what: string): void {
    if (this.flaws.length < MOST_FLAWS) this.flaws.push(this.#flaw(kind, at, what));
  }

  #flaw(kind: JsonFlaw['kind'], at: number, what: string): JsonFlaw {
    const found = this.#text.slice(at, at + FOUND_LENGTH);
    return { kind, path: [...this.#path], line: this.#line, column: at - this.#lineStart + 1, what, found };
  }
}

/** Every flaw of a JSON text (at most 200, and nothing behind a fatal one); none if `JSON.parse` reads it. */
export const findFlaws = (text: string, limits: JsonLimits): JsonFlaw[] => {
  const walk = new JsonWalk(text, limits);
  try {
    walk.document();
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
  }
  return walk.flaws;
};
