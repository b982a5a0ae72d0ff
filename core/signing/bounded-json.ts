const MAX_DEPTH = 32;
/** Three members for each of 100,000 files, with room to spare. */
const MAX_COMMAS = 500_000;

const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
};

const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
};

const requireBounded = (text: string): void => {
  let depth = 0;
  let commas = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    // A string is skipped whole: brackets within it nest nothing.
    if (character === '"') at = endOfString(text, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    else if (character === ',') commas += 1;
    if (depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH}`);
    if (commas > MAX_COMMAS) throw new SyntaxError(`more than ${MAX_COMMAS} values`);
  }
};

/**
 * JSON from a stranger. `JSON.parse` takes any depth and any number of values; what walks over them afterwards does not.
 * @throws SyntaxError for what is not JSON, or is larger than any honest document
 */
export const parseBoundedJson = (text: string): unknown => {
  requireBounded(text);
  return JSON.parse(text);
};
