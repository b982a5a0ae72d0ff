/** A name with what is reached through it (`ops.prim.min`), a string, or a sign. */
export type Token = {
  readonly kind: 'name' | 'string' | 'sign';
  readonly text: string;
};

const TOKEN =
  /[ \t\r\n]+|#[^\n]*|("(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_0-9]+)*)|([0-9][0-9A-Za-z.]*(?:[-+](?<=[eE][-+])[0-9]+)?)|(.)/gy;

/** Cuts serialised TorchScript, which torch writes in one style. @throws SyntaxError for letters it does not use */
export const tokensOf = (source: string): Token[] => {
  // To torch three quotes begin a string of many lines; torch never writes one.
  if (/"{3}|'{3}/.test(source)) throw new SyntaxError('three quotes in a row');
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) throw new SyntaxError('a line that is no code');
    const [, string, name, , sign] = match;
    if (string !== undefined) tokens.push({ kind: 'string', text: string.slice(1, -1) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) {
      if (sign === '"' || sign === "'" || !/[!-~]/.test(sign))
        throw new SyntaxError(`the sign ${JSON.stringify(sign)}`);
      tokens.push({ kind: 'sign', text: sign });
    }
  }
  return tokens;
};
