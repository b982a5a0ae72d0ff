import { withoutCredentials } from '../credentials/find-credentials.ts';
import type { Scan } from '../scan.ts';
import type { Entry } from './walk.ts';

/** A text that a loader parses: what it says, and where it stands. */
export type Document = {
  readonly value: unknown;
  /** Of the file, with its folders. */
  readonly name: string;
  readonly member: string | undefined;
};

/** What a member of this name means to the libraries that read it, wherever it stands in a document. */
export type KeyCheck = (scan: Scan, entry: Entry, document: Document) => void | Promise<void>;

/** A kind of document that is told by its structure, or by the name under which a loader opens it. */
export type Kind = {
  readonly format: string;
  is(document: Document): boolean;
  check(scan: Scan, document: Document): void | Promise<void>;
};

const LONGEST = 120;
const LONGEST_LOOK = 2000;

/** A value as a finding shows it: of a structure the kind, which may be of any depth. */
export const shown = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a mapping';
  if (typeof value !== 'string') return String(value);
  const text = withoutCredentials(JSON.stringify(value.slice(0, LONGEST_LOOK)));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};
