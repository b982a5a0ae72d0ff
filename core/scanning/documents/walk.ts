/** What a document says, as JSON.parse or a YAML reader gives it. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member of an object somewhere in a document. */
export type Entry = { readonly key: string; readonly value: unknown; readonly owner: Fields };

/**
 * Every object, in no order that matters. One that several aliases name is visited once, so that a few lines cannot stand
 * for a document without end.
 */
export function* objectsIn(document: unknown): Generator<Fields> {
  const seen = new Set<object>();
  const open: unknown[] = [document];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (!Array.isArray(value)) yield value as Fields;
    for (const member of Object.values(value)) if (typeof member === 'object') open.push(member);
  }
}

/** Every member of every object. */
export function* entriesIn(document: unknown): Generator<Entry> {
  for (const owner of objectsIn(document))
    for (const key of Object.keys(owner)) yield { key, value: owner[key], owner };
}

/** Every string of a value, however deep. */
export const stringsIn = (value: unknown): string[] => {
  const found: string[] = [];
  const open: unknown[] = [value];
  const seen = new Set<object>();
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') found.push(next);
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    for (const member of Object.values(next)) open.push(member);
  }
  return found;
};
