import type { Reason } from '../kernel/reason.ts';
import { jsonPath } from './json-path.ts';

const START = '<fill in';

/** A value that only a human knows and no version may do without. */
export const fillIn = (what: string): string => `${START}: ${what}>`;
/** The same where a version may go without: its risk tier says whether. */
export const fillInOrRemove = (what: string): string => `${START}, or remove: ${what}>`;

export type Placeholder = { readonly path: string; readonly what: string };

/** Every place that still waits for a human. */
export const placeholdersIn = (document: unknown, segments: readonly PropertyKey[] = []): Placeholder[] => {
  if (typeof document === 'string')
    return document.startsWith(START) ? [{ path: jsonPath(segments), what: document }] : [];
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) =>
    placeholdersIn(value, [...segments, Array.isArray(document) ? Number(name) : name]),
  );
};

/** A place that waits to be filled in is one mistake, whatever the schema says to what stands there now. */
export const placeholderReasons = (document: unknown): Reason[] =>
  placeholdersIn(document).map(({ path, what }) => ({
    rule: 'intake.manifest-placeholder',
    path,
    message: 'nobody has filled this in yet',
    found: what,
  }));
