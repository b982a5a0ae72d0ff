import { show } from '../kernel/reason.ts';

const PLAIN = /^[A-Za-z_$][A-Za-z0-9_$]{0,79}$/;

/** `$.training.datasets[0].digest`; a name that is not an identifier stands quoted: `$['a b']`. */
export const jsonPath = (segments: readonly PropertyKey[]): string =>
  segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`;
    const name = String(segment);
    return PLAIN.test(name) ? `${path}.${name}` : `${path}[${show(name)}]`;
  }, '$');

/** The value at a path, `undefined` where there is none. Inherited members are not values of the document. */
export const valueAt = (document: unknown, segments: readonly PropertyKey[]): unknown =>
  segments.reduce<unknown>(
    (value, segment) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, segment)
        ? (value as Record<PropertyKey, unknown>)[segment]
        : undefined,
    document,
  );
