/** Bits per letter (Shannon). */
export const entropyOf = (text: string): number => {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
};

/** Documentation writes these where a credential belongs. */
export const PLACEHOLDER =
  /example|placeholder|changeme|change[_-]me|replace|redacted|removed|dummy|fake|sample|insert|your|my[_-]?(?:secret|token|key|pass)|secret[_-]?(?:key|here)|x{4}|\*{3}|\.{3}|<|>|\{|\}|\$|%\(|0{8}|123456|abcdef|abcd1234|deadbeef|AAECAwQF|foobar|lorem|todo|undefined|no[_-]?key/i;
/** Published so that everyone has them: the account of the Azure storage emulator. */
const PUBLISHED = /^Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/;
const FEWEST_LETTERS = 6;

export const isPlaceholder = (secret: string): boolean =>
  PLACEHOLDER.test(secret) || PUBLISHED.test(secret) || new Set(secret).size < FEWEST_LETTERS;

const decoded = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
};

/** The one that jwt.io shows, and RFC 7519. */
const SHOWN = /"(?:John Doe|1234567890|joe)"/;

export const isJwt = (token: string): boolean => {
  const [header = '', claims = ''] = token.split('.');
  const [first, second] = [decoded(header), decoded(claims)];
  return typeof first === 'object' && first !== null && 'alg' in first && !SHOWN.test(JSON.stringify(second) ?? '');
};

const KEY_LETTERS = 60;

/** What follows the first line of a key, line breaks escaped or not; texts about keys have nothing there. */
export const isKeyBody = (_found: string, text: string, end: number): boolean => {
  const body = text
    .slice(end, end + 300)
    .replace(/\\[rn]|\s|(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]{0,80}/g, '');
  const letters = /^[A-Za-z0-9+/=]+/.exec(body)?.[0] ?? '';
  return letters.length >= KEY_LETTERS && !isPlaceholder(letters) && entropyOf(letters) > 4;
};

/** The anchor of such a secret is in its middle: three letters and a digit come before. */
export const hasAzureHead = (found: string, text: string, end: number): boolean => {
  const start = end - found.length;
  return /(?:^|[^\w.~-])[\w.~-]{3}\d$/.test(text.slice(Math.max(0, start - 5), start));
};
