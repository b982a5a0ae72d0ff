import type { z } from 'zod';
import { type Reason, show } from './reason.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

const jsonPath = (path: Path): string =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`), '$');

/** Of all that a value could have been, the one it misses by the least is what was meant. */
const meant = (issue: Issue): readonly Issue[] => {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const [nearest = []] = issue.errors.toSorted((a, b) => a.length - b.length);
  return nearest.flatMap(meant).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
};

const reasonsOf = (rule: string, issue: Issue, input: unknown): Reason[] => {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      rule,
      path: jsonPath([...issue.path, key]),
      message: 'nothing has this name here',
      found: show(at(input, [...issue.path, key])),
      fix: 'Leave it out.',
    }));
  const value = at(input, issue.path);
  const allowed = issue.message.replace(/^(?:Invalid (?:input|option|string)|Too (?:small|big)): /, '');
  const message = value === undefined ? 'this is missing' : 'this value cannot be used';
  return [
    { rule, path: jsonPath(issue.path), message, found: show(value), allowed: allowed.replace(/, received .*$/, '') },
  ];
};

/** Everything that a schema has against a document: where it is, what was found, what is allowed. */
export const reasonsIn = (rule: string, { issues }: z.ZodError, input: unknown): Reason[] =>
  issues.flatMap(meant).flatMap((issue) => reasonsOf(rule, issue, input));
