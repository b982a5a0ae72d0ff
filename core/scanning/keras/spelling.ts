const escaped = (character: string): string => {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0');
  return `(?:${character}|\\\\u${code.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)})`;
};

/** Whether a JSON document has the string, however its characters are written: `class_name`, `cl\u0061ss_name`. */
export const mentions = (json: string, word: string): boolean =>
  new RegExp(`"${Array.from(word, escaped).join('')}"`).test(json);
