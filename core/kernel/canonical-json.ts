/** What JSON can hold. `undefined` members are left out, as `JSON.stringify` leaves them out. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Deep enough for any document of ours, shallow enough that no input exhausts the stack. */
const MAX_DEPTH = 1000;

const encodeString = (text: string, path: string): string => {
  if (!text.isWellFormed()) throw new TypeError(`${path}: a lone surrogate has no UTF-8 form`);
  return JSON.stringify(text);
};

const encodeNumber = (value: number, path: string): string => {
  if (!Number.isFinite(value)) throw new TypeError(`${path}: ${value} is not a JSON number`);
  return JSON.stringify(value);
};

const isPlainObject = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const encode = (value: Json, path: string, depth: number): string => {
  if (depth > MAX_DEPTH) throw new TypeError(`${path}: nested deeper than ${MAX_DEPTH}`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return encodeNumber(value, path);
  if (typeof value === 'string') return encodeString(value, path);
  if (Array.isArray(value)) {
    // Array.from visits holes as undefined, which map would pass over.
    return `[${Array.from(value, (item, i) => encode(item, `${path}[${i}]`, depth + 1)).join(',')}]`;
  }
  if (!isPlainObject(value)) throw new TypeError(`${path}: only plain JSON has a canonical form`);
  const members = Object.entries(value as { [key: string]: Json | undefined })
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${encodeString(key, path)}:${encode(member as Json, `${path}.${key}`, depth + 1)}`);
  return `{${members.join(',')}}`;
};

/**
 * The canonical form of a JSON value (RFC 8785): members sorted by UTF-16 code units, ECMAScript numbers, no white
 * space. Used wherever bytes are hashed or compared.
 * @throws TypeError, with the path, for NaN, infinities, lone surrogates and anything that is not plain JSON
 */
export const canonicalJson = (value: Json): string => encode(value, '$', 0);
