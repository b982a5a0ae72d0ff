import { parseStrictJson, type StrictJson } from '../strict-json.ts';

const plain = (value: StrictJson): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
};

const asPython = (text: string): unknown => {
  try {
    return plain(parseStrictJson(text, { constants: true, duplicates: true }));
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
};

/** The text as JSON, with the NaN and Infinity that Python writes; undefined if it is none. */
export const readJson = (text: string): unknown => {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return /\b(?:NaN|Infinity)\b/.test(text) ? asPython(text) : undefined;
  }
};

/**
 * Whether the text can be read in more than one way: an object has two members of one name, of which readers take one or
 * the other, or it is nested deeper than many of them go.
 */
export const isAmbiguous = (text: string): boolean => {
  try {
    parseStrictJson(text, { constants: true });
    return false;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return true;
  }
};
