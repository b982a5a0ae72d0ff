/**
 * Cuts a template as Jinja2's own lexer does (jinja2/lexer.py): text, comments, and the inside of tags. Strings are
 * taken out of the tags, so that nothing in them can look like syntax to the parser behind this.
 */
export type Segments = {
  /** Tags only, each string literal replaced by `"N;"`, its place in `strings`. */
  readonly source: string;
  readonly tags: number;
  readonly strings: readonly string[];
};

/** The template is not Jinja, or not in a way that every reader understands alike. */
export class NotATemplate extends Error {}

const OPENING = /\{\{|\{%|\{#/g;
const RAW = /\{%[-+]?\s*raw\s*[-+]?%\}/y;
const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
/** transformers marks what the assistant says with these, and removes them itself. */
const GENERATION = /^(?:end)?generation$/;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Python folds other letters into these when it compiles a name, so they are not compared but refused. */
const PLAIN = /[\t\n\r\x20-\x7e]/;
const DEEPEST = 60;
const MOST_TAGS = 20_000;

const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;
const LETTERS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

const fromCode = (code: number): string => {
  if (code > 0x10ffff) throw new NotATemplate('an escape that is no character');
  return String.fromCodePoint(code);
};

/** As Python's unicode-escape codec; names of characters (`\N{…}`) are not known here. */
const unescaped = (literal: string): string =>
  literal.replaceAll(ESCAPE, (whole, octal?: string, x?: string, u?: string, long?: string, letter = '') => {
    if (octal !== undefined) return fromCode(Number.parseInt(octal, 8));
    const hex = x ?? u ?? long;
    if (hex !== undefined) return fromCode(Number.parseInt(hex, 16));
    if (/[NxuU]/.test(letter)) throw new NotATemplate(`the escape \\${letter}`);
    if (letter === '\n') return '';
    return /["'\\]/.test(letter) ? letter : (LETTERS[letter] ?? whole);
  });

class Cutter {
  readonly #text: string;
  readonly #strings: string[] = [];
  readonly #tags: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  cut(): Segments {
    for (let at = 0; ; ) {
      OPENING.lastIndex = at;
      const opening = OPENING.exec(this.#text);
      if (opening === null) break;
      at = this.#after(opening[0], opening.index);
      if (this.#tags.length > MOST_TAGS) throw new NotATemplate('more tags than any template has');
    }
    return { source: this.#tags.join(''), tags: this.#tags.length, strings: this.#strings };
  }

  #after(opening: string, at: number): number {
    if (opening === '{#') return this.#endOf('#}', at + 2);
    RAW.lastIndex = at;
    if (RAW.test(this.#text)) {
      END_RAW.lastIndex = RAW.lastIndex;
      if (END_RAW.exec(this.#text) === null) throw new NotATemplate('raw text without an end');
      return END_RAW.lastIndex;
    }
    return this.#tag(opening, at + 2);
  }

  #endOf(closing: string, from: number): number {
    const end = this.#text.indexOf(closing, from);
    if (end === -1) throw new NotATemplate(`no ${closing}`);
    return end + closing.length;
  }

  #tag(opening: string, start: number): number {
    const closing = opening === '{{' ? '}}' : '%}';
    const open: string[] = [];
    let inside = '';
    for (let at = /[-+]/.test(this.#text[start] ?? '') ? start + 1 : start; at < this.#text.length; ) {
      const character = this.#text[at] ?? '';
      const dash = /[-+]/.test(character) ? 1 : 0;
      if (open.length === 0 && this.#text.startsWith(closing, at + dash)) {
        if (!GENERATION.test(inside.trim())) this.#tags.push(`${opening} ${inside} ${closing}`);
        return at + dash + closing.length;
      }
      if (character === '"' || character === "'") {
        const end = this.#string(at, character);
        inside += `"${this.#strings.length - 1};"`;
        at = end;
        continue;
      }
      this.#bracket(character, open);
      inside += this.#plain(character, inside);
      at += 1;
    }
    throw new NotATemplate(`no ${closing}`);
  }

  #plain(character: string, inside: string): string {
    if (!PLAIN.test(character)) throw new NotATemplate('a letter that is not ASCII outside of strings');
    if (!/\s/.test(character)) return character;
    return inside.endsWith(' ') ? '' : ' ';
  }

  #bracket(character: string, open: string[]): void {
    const closing = CLOSING[character];
    if (closing !== undefined) open.push(closing);
    else if (/[)\]}]/.test(character) && open.pop() !== character)
      throw new NotATemplate(`${character} closes nothing`);
    if (open.length > DEEPEST) throw new NotATemplate('nested too deep');
  }

  #string(start: number, quote: string): number {
    for (let at = start + 1; at < this.#text.length; at += 1) {
      if (this.#text[at] === '\\') at += 1;
      else if (this.#text[at] === quote) {
        this.#strings.push(unescaped(this.#text.slice(start + 1, at)));
        return at + 1;
      }
    }
    throw new NotATemplate('a string without an end');
  }
}

/** @throws NotATemplate */
export const segmentsOf = (template: string): Segments => new Cutter(template).cut();
