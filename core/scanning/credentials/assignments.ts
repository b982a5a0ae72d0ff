import { entropyOf, isPlaceholder, PLACEHOLDER } from './checks.ts';

/** `password = "…"` and its kin: a name that says so, and a value that nobody would have written otherwise. */
const NAMES =
  /pass(?:word|wd|phrase)|pwd|secret|api[_-]?key|access[_-]?key|account[_-]?key|auth[_-]?token|access[_-]?token|api[_-]?token|private[_-]?key|credential/gi;

/** The rest of the name, then a sign, then a value in quotes that may be escaped ones. */
const QUOTED = /([\w-]{0,40})(?:\\?["'])?[ \t]{0,8}(?:=>|:=|=|:)[ \t]{0,8}(?:\\?["'])([^"'\\\s]{8,200})(?:\\?["'])/dy;
/** In a file of settings: nothing else on the line, and nothing but the name in front. */
const BARE = /([\w-]{0,40})[ \t]{0,4}[=:][ \t]{0,4}([^"'\\\s,;#]{8,200})[ \t]{0,8}(?:[\r\n]|$)/dy;
const BEFORE_BARE = /(?:^|\n)[ \t]{0,20}(?:export[ \t]{1,4})?[\w.-]{0,40}$/;

/** Names of things about a secret. */
const ABOUT =
  /(?:name|id|path|file|url|uri|type|ref|arn|env|var|field|version|hash|length|pattern|regex|header|prefix|suffix|format|class|manager|label|hint|prompt|encoder|scheme)s?$/i;

const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/];
/** Paths, attributes, calls, addresses, dates, versions. */
const ORDINARY =
  /^(?:[\w-]+[./:])+[\w-]+\/?$|\(|\[|:\/\/|^@|^[./~]|^\d[\d.,:-]*$|^[a-z]+(?:[_-][a-z0-9]+)*$|^[A-Z]+(?:[_-][A-Z0-9]+)*$/;

/** Letters as they fall out of a generator, or a password of letters of every kind. */
const isRandom = (value: string): boolean => {
  const kinds = KINDS.filter((kind) => kind.test(value)).length;
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 32 && entropyOf(value) > 3;
  if (!/[0-9]/.test(value)) return false;
  if (kinds === 4 && value.length <= 24) return entropyOf(value) > 2.5;
  return kinds >= 3
    ? entropyOf(value) > (value.length < 20 ? 3 : 3.5)
    : kinds === 2 && value.length >= 20 && entropyOf(value) > 3.7;
};

const isSecret = (value: string): boolean => isRandom(value) && !ORDINARY.test(value) && !isPlaceholder(value);

/** Where a letter follows a digit or a digit a letter: names of classes have one digit, or two at their end. */
const isIdentifier = (value: string): boolean =>
  /^[\w$.]+$/.test(value) && (value.match(/\d(?=[A-Za-z])|[A-Za-z](?=\d)/g) ?? []).length < 3;

/** Of the secret itself, not of its name. */
export type Place = { readonly at: number; readonly length: number };

const placeOf = (match: RegExpExecArray | null, group: number): Place | undefined => {
  const [start, end] = match?.indices?.[group] ?? [];
  return start === undefined || end === undefined ? undefined : { at: start, length: end - start };
};

const BACK = 70;

const quotedAt = (text: string, at: number): Place | undefined => {
  QUOTED.lastIndex = at;
  const match = QUOTED.exec(text);
  return match === null || ABOUT.test(match[1] ?? '') || !isSecret(match[2] ?? '') ? undefined : placeOf(match, 2);
};

const bareAt = (text: string, at: number, start: number): Place | undefined => {
  BARE.lastIndex = at;
  const match = BARE.exec(text);
  const [, rest = '', value = ''] = match ?? [];
  if (match === null || ABOUT.test(rest) || isIdentifier(value) || !isSecret(value)) return undefined;
  return BEFORE_BARE.test(text.slice(Math.max(0, start - BACK), start)) ? placeOf(match, 2) : undefined;
};

/** Passwords that stand in the text as values of a name that says so. */
export const assignmentsIn = (text: string): Place[] => {
  const places: Place[] = [];
  NAMES.lastIndex = 0;
  for (let match = NAMES.exec(text); match !== null; match = NAMES.exec(text)) {
    const after = NAMES.lastIndex;
    const place = quotedAt(text, after) ?? bareAt(text, after, match.index);
    if (place !== undefined) places.push(place);
  }
  return places;
};

/** `scheme://name:password@host` */
const ADDRESS = /:\/\/([^\s/:@"'`<>]{0,100}):([^\s/@"'`<>,:;]{3,200})@([A-Za-z0-9.-]{1,253})/dy;
/** Words, and what stands for a password in documentation. */
const EVERYBODYS = /^[a-z]{1,11}$|^[A-Z_-]+$|pass(?:word|wd)?\d{0,3}$|secret/i;
const NOBODYS_HOST = /(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid|host|hostname|server)$/i;

/** The longest that `ADDRESS` takes in front of the host. */
const LONGEST_ADDRESS = 310;

/** Passwords that stand in an address. */
export const addressesIn = (text: string): Place[] => {
  const places: Place[] = [];
  let sign = -1;
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    if (sign < at) sign = text.indexOf('@', at);
    if (sign === -1) break;
    if (sign - at > LONGEST_ADDRESS) continue;
    ADDRESS.lastIndex = at;
    const match = ADDRESS.exec(text);
    const [, name = '', password = '', host = ''] = match ?? [];
    const nobodys = EVERYBODYS.test(password) || NOBODYS_HOST.test(host) || PLACEHOLDER.test(password);
    const place = placeOf(match, 2);
    if (place !== undefined && password !== name && !nobodys) places.push(place);
  }
  return places;
};
