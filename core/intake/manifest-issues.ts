import type { z } from 'zod';
import { type Reason, show } from '../kernel/reason.ts';
import { closestName } from './closest-name.ts';
import { jsonPath, valueAt } from './json-path.ts';
import { allowedIn, allowedNamesIn, fieldAt, fieldNames } from './manifest-fields.ts';

type Issue = z.core.$ZodIssue;

/** JSON has no infinity, but a number such as 1e999 becomes one. */
const shown = (value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : show(value));

type Unknown = Issue & { readonly code: 'unrecognized_keys' };
const isUnknown = (issue: Issue): issue is Unknown => issue.code === 'unrecognized_keys';

const meantBy = ({ path }: Unknown, name: string): string | undefined => {
  const parent = fieldAt(path);
  return parent === undefined ? undefined : closestName(name, fieldNames(parent));
};

const unknownField = (issue: Unknown, name: string, document: unknown): Reason => {
  const [path, parent, meant] = [[...issue.path, name], fieldAt(issue.path), meantBy(issue, name)];
  return {
    rule: 'intake.manifest-unknown-field',
    path: jsonPath(path),
    message: 'the manifest has no such field',
    found: shown(valueAt(document, path)),
    allowed: parent === undefined ? 'no field' : fieldNames(parent).join(', '),
    fix: meant === undefined ? 'Remove it.' : `Did you mean ${meant}?`,
  };
};

const refusedName = (path: readonly PropertyKey[]): Reason => {
  const parent = fieldAt(path.slice(0, -1));
  return {
    rule: 'intake.manifest-wrong-value',
    path: jsonPath(path),
    message: 'this name is not allowed here',
    found: show(path.at(-1)),
    ...(parent === undefined ? {} : { allowed: allowedNamesIn(parent) }),
  };
};

const missingField = (path: readonly PropertyKey[]): Reason => {
  const field = fieldAt(path);
  return {
    rule: 'intake.manifest-missing-field',
    path: jsonPath(path),
    message: 'this field is required',
    found: 'nothing',
    ...(field === undefined ? {} : { allowed: allowedIn(field) }),
    ...(field?.description === undefined ? {} : { fix: `State it: ${field.description}.` }),
  };
};

const wrongValue = (issue: Issue, document: unknown): Reason => {
  const field = fieldAt(issue.path);
  const typed = issue.code === 'invalid_type';
  return {
    rule: typed ? 'intake.manifest-wrong-type' : 'intake.manifest-wrong-value',
    path: jsonPath(issue.path),
    message: typed ? 'this is another kind of value than the field takes' : 'this value is not allowed here',
    found: shown(valueAt(document, issue.path)),
    allowed: field === undefined ? issue.message : allowedIn(field),
  };
};

const reasonsOfOne = (issue: Issue, document: unknown, most: number): Reason[] => {
  if (isUnknown(issue)) return issue.keys.slice(0, most).map((name) => unknownField(issue, name, document));
  if (issue.code === 'invalid_key') return [refusedName(issue.path)];
  return [valueAt(document, issue.path) === undefined ? missingField(issue.path) : wrongValue(issue, document)];
};

/** Required fields that are there under a misspelt name: one mistake, which the unknown field's reason explains. */
const misspelt = (issues: readonly Issue[], most: number): Set<string> =>
  new Set(
    issues.filter(isUnknown).flatMap((issue) =>
      issue.keys.slice(0, most).flatMap((name) => {
        const meant = meantBy(issue, name);
        return meant === undefined ? [] : [jsonPath([...issue.path, meant])];
      }),
    ),
  );

/** One reason for each mistake that the schema found, of which `most` are enough. */
export const reasonsOf = (issues: readonly Issue[], document: unknown, most: number): Reason[] => {
  const first = issues.slice(0, most);
  const explained = misspelt(first, most);
  return first
    .flatMap((issue) => reasonsOfOne(issue, document, most))
    .filter((reason) => reason.rule !== 'intake.manifest-missing-field' || !explained.has(reason.path ?? ''));
};
