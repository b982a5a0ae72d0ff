import { addressesIn, assignmentsIn } from './assignments.ts';
import { isPlaceholder } from './checks.ts';
import { type CredentialPattern, type CredentialRule, INSIDE, PATTERNS } from './patterns.ts';

export type Credential = {
  readonly rule: CredentialRule;
  /** Its kind and length, and how it begins where that only tells the kind. */
  readonly what: string;
  /** Of its first letter in the text. */
  readonly at: number;
  readonly length: number;
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

const byAnchor = new Map<string, CredentialPattern[]>();
for (const pattern of PATTERNS)
  for (const anchor of pattern.anchors) byAnchor.set(anchor, [...(byAnchor.get(anchor) ?? []), pattern]);

/** The longest first: one may begin with another. */
const anchors = [...byAnchor.keys()].sort((a, b) => b.length - a.length);
const ANCHOR = new RegExp(anchors.map(escaped).join('|'), 'g');

type Look = { readonly found?: Credential; readonly end: number };

/** @returns what stands there, and where to look on: not within what has the form and is none */
const tokenAt = (text: string, at: number, anchor: string): Look => {
  let end = at + anchor.length;
  for (const { pattern, check, what, rule = 'credentials.token' } of byAnchor.get(anchor) ?? []) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    end = Math.max(end, at + found.length);
    const key = rule === 'credentials.private-key';
    if (!key && isPlaceholder(found.slice(anchor.length))) continue;
    if (check !== undefined && !check(found, text, at + found.length)) continue;
    const told = key ? what : `${what} (${anchor}…, ${found.length} characters)`;
    return { found: { rule, what: told, at, length: found.length }, end };
  }
  return { end };
};

/** The middle of a token may be its anchor, but no token begins in the middle of a word. */
const MIDDLE = new Set(['Q~']);

const tokensIn = (text: string): Credential[] => {
  const tokens: Credential[] = [];
  ANCHOR.lastIndex = 0;
  for (let match = ANCHOR.exec(text); match !== null; match = ANCHOR.exec(text)) {
    const [anchor] = match;
    if (!MIDDLE.has(anchor) && INSIDE.test(anchor.charAt(0)) && INSIDE.test(text.charAt(match.index - 1))) continue;
    const { found, end } = tokenAt(text, match.index, anchor);
    if (found !== undefined) tokens.push(found);
    ANCHOR.lastIndex = end;
  }
  return tokens;
};

/** Every credential of a text. The time it takes grows with the text and with nothing else. */
export const credentialsIn = (text: string): Credential[] => [
  ...tokensIn(text),
  ...assignmentsIn(text).map(({ at, length }) => ({
    rule: 'credentials.password' as const,
    what: `a password or key (${length} characters)`,
    at,
    length,
  })),
  ...addressesIn(text).map(({ at, length }) => ({
    rule: 'credentials.address' as const,
    what: `a password in an address (${length} characters)`,
    at,
    length,
  })),
];

const HIDDEN = '[hidden]';

/** The text without any credential that it has. */
export const withoutCredentials = (text: string): string => {
  const found = credentialsIn(text).sort((a, b) => b.at - a.at);
  return found.reduce((shown, { at, length }) => shown.slice(0, at) + HIDDEN + shown.slice(at + length), text);
};
