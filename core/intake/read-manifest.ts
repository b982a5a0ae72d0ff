import type { z } from 'zod';
import { type Reason, show } from '../kernel/reason.ts';
import { MAX_MANIFEST_BYTES } from './contract.ts';
import { jsonPath } from './json-path.ts';
import { findFlaws, isFatal, type JsonFlaw } from './json-text.ts';
import { Manifest } from './manifest.ts';
import { contradictionsIn } from './manifest-consistency.ts';
import { reasonsOf } from './manifest-issues.ts';
import { placeholderReasons } from './placeholders.ts';

/** More values could only be mistakes, and each mistake costs the schema a kilobyte of memory. */
const LIMITS = { depth: 64, values: 150_000 };
const MOST_REASONS = 200;
const BYTE_ORDER_MARK = '\uFEFF';

export type ReadManifest =
  | { readonly outcome: 'valid'; readonly manifest: Manifest }
  | { readonly outcome: 'invalid'; readonly reasons: [Reason, ...Reason[]] };

type Place = { readonly model: string; readonly version: string };

const tooLarge = (bytes: Uint8Array): Reason => ({
  rule: 'intake.manifest-too-large',
  message: 'the manifest is larger than any manifest needs to be',
  found: `${bytes.byteLength} bytes`,
  allowed: `at most ${MAX_MANIFEST_BYTES} bytes`,
});

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const notUtf8 = (bytes: Uint8Array): Reason => {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const line = lenient.slice(0, lenient.indexOf('\uFFFD')).split('\n').length;
  return {
    rule: 'intake.manifest-not-utf8',
    message: `the manifest is not UTF-8; the first bytes that are not stand in line ${line}`,
    fix: 'Save it as UTF-8.',
  };
};

const byteOrderMark: Reason = {
  rule: 'intake.manifest-byte-order-mark',
  message: 'the manifest starts with a byte order mark, which many JSON readers refuse',
  fix: 'Save it as UTF-8 without a byte order mark.',
};

const ofFlaw = (flaw: JsonFlaw): Reason => ({
  rule: `intake.manifest-${flaw.kind === 'syntax' ? 'not-json' : flaw.kind}`,
  path: jsonPath(flaw.path),
  message: `line ${flaw.line}, column ${flaw.column}: ${flaw.what}`,
  found: flaw.found === '' ? 'the end of the text' : show(flaw.found),
});

/** `JSON.parse` decides what the text says, and has the last word if it refuses what the walk let through. */
const parse = (text: string): { document: unknown } | { refused: Reason } => {
  try {
    return { document: JSON.parse(text) };
  } catch (cause) {
    return { refused: { rule: 'intake.manifest-not-json', message: String(cause) } };
  }
};

/** One mistake, one reason: what was said about a field is not said again in other words. */
const oncePerPath = (reasons: readonly Reason[]): Reason[] => {
  const said = new Set<string>();
  return reasons.filter(({ path }) => {
    if (path === undefined) return true;
    const isNew = !said.has(path);
    said.add(path);
    return isNew;
  });
};

const mistakesIn = (document: unknown, issues: readonly z.core.$ZodIssue[], place: Place): Reason[] =>
  oncePerPath([
    ...placeholderReasons(document),
    ...reasonsOf(issues, document, MOST_REASONS + 1),
    ...contradictionsIn(document, place),
  ]);

const more: Reason = {
  rule: 'intake.manifest-more-mistakes',
  message: `there are more mistakes; these are the first ${MOST_REASONS}`,
};

const refuse = (all: readonly Reason[], first: Reason): ReadManifest => ({
  outcome: 'invalid',
  reasons: [first, ...all.slice(1, MOST_REASONS), ...(all.length > MOST_REASONS ? [more] : [])],
});

const conclude = (reasons: readonly Reason[], manifest: Manifest | undefined): ReadManifest => {
  const [first] = reasons;
  if (first !== undefined) return refuse(reasons, first);
  if (manifest !== undefined) return { outcome: 'valid', manifest };
  throw new TypeError('the schema refused the manifest without an issue');
};

/**
 * Reads `manifest.json`. What is wrong is answered with every mistake at once, each with its place, what was found and
 * what is allowed; only a text that is no JSON at all ends the search early.
 * @param place model and version as the object's key names them
 */
export const readManifest = (bytes: Uint8Array, place: Place): ReadManifest => {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) return conclude([tooLarge(bytes)], undefined);
  const decoded = decode(bytes);
  if (decoded === undefined) return conclude([notUtf8(bytes)], undefined);
  const marked = decoded.startsWith(BYTE_ORDER_MARK);
  const text = marked ? decoded.slice(1) : decoded;

  const flaws = findFlaws(text, LIMITS);
  const ofText = [...(marked ? [byteOrderMark] : []), ...flaws.map(ofFlaw)];
  if (flaws.some(isFatal)) return conclude(ofText, undefined);
  const parsed = parse(text);
  if ('refused' in parsed) return conclude([...ofText, parsed.refused], undefined);

  const checked = Manifest.safeParse(parsed.document);
  const mistakes = mistakesIn(parsed.document, checked.error?.issues ?? [], place);
  return conclude([...ofText, ...mistakes], checked.data);
};
