/** Values that a numpy header can hold: strings, integers, True, False, None, tuples and lists (both arrays), dicts. */
export type PythonLiteral = null | boolean | number | string | PythonLiteral[] | Map<string, PythonLiteral>;

const MAX_DEPTH = 20;
const TOKEN =
  /\s*(?:('(?:[^'\\\n]|\\[\\'"])*'|"(?:[^"\\\n]|\\[\\'"])*")|(-?[0-9]{1,15})L?|(True|False|None)|([()[\]{},:]))/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): PythonLiteral {
    const value = this.#value(0);
    if (this.#text.slice(this.#at).trim() !== '') throw new SyntaxError('text after the literal');
    return value;
  }

  #next(): RegExpExecArray {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw new SyntaxError(`not a literal at ${this.#at}`);
    this.#at = TOKEN.lastIndex;
    return match;
  }

  #peek(character: string): boolean {
    const before = this.#at;
    TOKEN.lastIndex = before;
    if (TOKEN.exec(this.#text)?.[4] !== character) return false;
    this.#at = TOKEN.lastIndex;
    return true;
  }

  #value(depth: number): PythonLiteral {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deep');
    const [, quoted, digits, word, punctuation] = this.#next();
    if (quoted !== undefined) return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    if (digits !== undefined) return Number(digits);
    if (word !== undefined) return word === 'None' ? null : word === 'True';
    if (punctuation === '(') return this.#sequence(')', depth);
    if (punctuation === '[') return this.#sequence(']', depth);
    if (punctuation === '{') return this.#dict(depth);
    throw new SyntaxError(`not a literal at ${this.#at}`);
  }

  #sequence(close: string, depth: number): PythonLiteral[] {
    const items: PythonLiteral[] = [];
    while (!this.#peek(close)) {
      items.push(this.#value(depth + 1));
      if (this.#peek(',')) continue;
      if (!this.#peek(close)) throw new SyntaxError(`expected ${close}`);
      break;
    }
    return items;
  }

  #dict(depth: number): Map<string, PythonLiteral> {
    const members = new Map<string, PythonLiteral>();
    while (!this.#peek('}')) {
      const key = this.#value(depth + 1);
      if (typeof key !== 'string' || members.has(key) || !this.#peek(':')) throw new SyntaxError('a strange key');
      members.set(key, this.#value(depth + 1));
      if (this.#peek(',')) continue;
      if (!this.#peek('}')) throw new SyntaxError('expected }');
      break;
    }
    return members;
  }
}

/** @throws SyntaxError for anything that is not such a literal */
export const parsePythonLiteral = (text: string): PythonLiteral => new Reader(text).document();
