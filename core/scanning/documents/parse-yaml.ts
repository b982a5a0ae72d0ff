import { type Document, isMap, isNode, isScalar, Lexer, parseAllDocuments, visit, type YAMLMap } from 'yaml';

/** What a YAML text says, all of its documents in a row; undefined: more than is parsed. */
export type YamlReading = {
  readonly value: readonly unknown[];
  /** A mapping has one key twice: readers disagree about which counts. */
  readonly repeated: boolean;
  /** Not YAML 1.1 throughout; what was recovered is in `value`. */
  readonly broken: boolean;
  /** A tag for which an unsafe loader makes a Python object, handles and escapes resolved. */
  readonly pythonTag: string | undefined;
};

/** Of the lexer; a third of a second for the parser. */
const MOST_TOKENS = 80_000;
/** The parser's time grows faster than the depth, and with keys that are marked as such without a bound. */
const DEEPEST = 100;
/** Keys behind a question mark, aliases, merged mappings: hardly any file has them. */
const MOST_RARITIES = 200;
const LONGEST = 4 * 1024 * 1024;
const PYTHON_TAG = /^tag:yaml\.org,2002:python\//;
const ITEM = /^([ \t]*- )[\p{L}\p{N}\p{M}_▁Ġ.]+(?:[ -][\p{L}\p{N}\p{M}_▁Ġ.]+)*\r?$/u;

/**
 * Vocabularies stand in configurations as lists of tens of thousands of words. Of three or more plain items in a row
 * only the first and the last are kept: no key, tag, anchor or quote is in what is left out.
 */
const withoutLists = (text: string): string => {
  const lines = text.split('\n');
  const indents = lines.map((line) => ITEM.exec(line)?.[1]);
  return lines
    .filter((_, i) => indents[i] === undefined || indents[i - 1] !== indents[i] || indents[i + 1] !== indents[i])
    .join('\n');
};

/** Costs of parsing that the lexer shows, which takes a small part of the parser's time. */
class Costs {
  #tokens = 0;
  #flows = 0;
  #inLine = 0;
  #rarities = 0;

  /** @returns whether parsing may go on */
  add(token: string): boolean {
    this.#tokens += 1;
    if (token === '[' || token === '{') this.#flows += 1;
    else if (token === ']' || token === '}') this.#flows -= 1;
    else if (token.startsWith('\n') || token.startsWith('\r')) this.#inLine = 0;
    else if (token === '-' || token === '?' || token === ':') this.#inLine += 1;
    if (token === '?' || token === '<<' || token.startsWith('*')) this.#rarities += 1;
    if (this.#flows > 0 && token === ':') this.#inLine = 0;
    return (
      this.#tokens <= MOST_TOKENS &&
      this.#flows <= DEEPEST &&
      this.#inLine <= DEEPEST &&
      this.#rarities <= MOST_RARITIES
    );
  }
}

const isTooCostly = (text: string): boolean => {
  const costs = new Costs();
  for (const token of new Lexer().lex(text)) if (!costs.add(token)) return true;
  return false;
};

const contentOf = (document: Document.Parsed): unknown => document.toJS({ maxAliasCount: -1 });

const isRepeating = ({ items }: YAMLMap): boolean => {
  const keys = items.map(({ key }) => String(isScalar(key) ? key.value : key));
  return new Set(keys).size < keys.length;
};

type Marks = Pick<YamlReading, 'repeated' | 'pythonTag'>;

const marksOf = (document: Document.Parsed): Marks => {
  let pythonTag: string | undefined;
  let repeated = false;
  visit(document, (_, node) => {
    if (isMap(node)) repeated ||= isRepeating(node);
    const tag = isNode(node) && 'tag' in node ? node.tag : undefined;
    if (tag !== undefined && PYTHON_TAG.test(tag)) pythonTag = tag;
  });
  return { repeated, pythonTag };
};

/** This file is imported when there is YAML: the parser is large, and few files need it. */
export const parseYaml = (text: string): YamlReading | undefined => {
  const short = withoutLists(text);
  if (short.length > LONGEST || isTooCostly(short)) return undefined;
  try {
    // Its own look for repeated keys takes the square of their number.
    const documents = parseAllDocuments(short, { version: '1.1', logLevel: 'silent', uniqueKeys: false });
    const list = 'empty' in documents ? [] : documents;
    const marks = list.map(marksOf);
    return {
      value: list.map(contentOf),
      repeated: marks.some(({ repeated }) => repeated),
      broken: list.some(({ errors }) => errors.length > 0),
      pythonTag: marks.find(({ pythonTag }) => pythonTag !== undefined)?.pythonTag,
    };
  } catch (cause) {
    // An alias of nothing, nesting deeper than any reader takes, a bad escape: PyYAML refuses them as well.
    if (!(cause instanceof Error)) throw cause;
    return { value: [], repeated: false, broken: true, pythonTag: undefined };
  }
};
