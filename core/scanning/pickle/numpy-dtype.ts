/** What decides how many raw bytes an array has, and whether they are object pointers. */
export type Dtype = { readonly kind: string; readonly itemSize: number; readonly hasObject: boolean };

const DESCRIPTION = /^[<>|=]?(?:([biufcSUVMmOaB])(\d{0,9})|(\?))(\[[0-9a-zA-Z]{0,24}\])?$/;

const DEFAULT_SIZE: Record<string, number> = { M: 8, m: 8, O: 8, b: 1, S: 0, U: 0, V: 0, a: 0 };

/** The sizes that numpy knows for each kind; absent means any. */
const SIZES: Record<string, readonly number[]> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8, 12, 16],
  c: [8, 16, 24, 32],
  M: [8],
  m: [8],
  O: [4, 8],
};

/** A type string of the array interface, such as `<f8`, `|S5`, `U12`, `M8[ns]`. Undefined if numpy does not write it. */
export const parseDtype = (text: string): Dtype | undefined => {
  const match = DESCRIPTION.exec(text);
  if (match === null) return undefined;
  const [, letter = 'b', digits, bool, unit] = match;
  if (bool !== undefined) return { kind: 'b', itemSize: 1, hasObject: false };
  if (unit !== undefined && letter !== 'M' && letter !== 'm') return undefined;
  if (letter === 'B') return digits === '' ? { kind: 'u', itemSize: 1, hasObject: false } : undefined;
  const count = digits === '' || digits === undefined ? DEFAULT_SIZE[letter] : Number(digits);
  if (count === undefined || SIZES[letter]?.includes(count) === false) return undefined;
  const kind = letter === 'a' ? 'S' : letter;
  return { kind, itemSize: kind === 'U' ? count * 4 : count, hasObject: kind === 'O' };
};
