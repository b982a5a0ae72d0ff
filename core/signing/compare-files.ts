import type { Digest } from '../kernel/digest.ts';
import { type Reason, show } from '../kernel/reason.ts';
import type { Resource } from '../kernel/root-digest.ts';
import { UNSIGNED_PATHS } from './oms.ts';

/** Paths that a verifier joins to a folder: nothing in one may lead out of it, or name the same file twice. */
const isSafeName = (name: string): boolean =>
  name.isWellFormed() &&
  !/[\u0000-\u001f\u007f]/.test(name) &&
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** Whether the path is one of these or lies below one; looked up by its own parts, since a bundle may list many. */
const isWithin = (name: string, paths: ReadonlySet<string>): boolean => {
  for (let end = name.indexOf('/'); end !== -1; end = name.indexOf('/', end + 1))
    if (paths.has(name.slice(0, end))) return true;
  return paths.has(name);
};

const unsafe = (name: string): Reason => ({
  rule: 'signing.unsafe-name',
  message: 'the signed name is not a plain path below the model',
  path: name.toWellFormed(),
  found: show(name),
  allowed: 'relative, separated by /, without empty, . or .. parts and control characters',
});

const named = (rule: string, message: string, path: string): Reason => ({ rule, message, path: path.toWellFormed() });

const changed = (path: string, signed: Digest, present: Digest): Reason => ({
  ...named('signing.file-changed', 'the file is not the one that was signed', path),
  found: present,
  allowed: signed,
});

/** One digest for each name; a name given twice is a reason, for verifiers differ on which of the two counts. */
const index = (resources: readonly Resource[], rule: string, message: string) => {
  const digests = new Map<string, Digest>();
  const reasons: Reason[] = [];
  for (const { name, digest } of resources) {
    if (digests.has(name)) reasons.push(named(rule, message, name));
    digests.set(name, digest);
  }
  return { digests, reasons };
};

type Compared = {
  signed: readonly Resource[];
  present: readonly Resource[];
  /** Paths that the signer left out besides those that every verifier passes over. */
  ignored: readonly string[];
};

/** Every way in which the files at hand are not those that were signed. */
export const compareFiles = ({ signed, present, ignored }: Compared): Reason[] => {
  const passedOver = new Set([...UNSIGNED_PATHS, ...ignored]);
  const covered = present.filter(({ name }) => !isWithin(name, passedOver));
  const before = index(signed, 'signing.signed-twice', 'the name was signed twice');
  const now = index(covered, 'signing.file-twice', 'the file is present twice');
  const reasons = [...before.reasons, ...now.reasons];
  for (const path of [...before.digests.keys(), ...ignored]) if (!isSafeName(path)) reasons.push(unsafe(path));
  for (const [name, digest] of before.digests) {
    const actual = now.digests.get(name);
    if (actual === undefined) reasons.push(named('signing.file-missing', 'the signed file is not there', name));
    else if (actual !== digest) reasons.push(changed(name, digest, actual));
  }
  for (const name of now.digests.keys())
    if (!before.digests.has(name)) reasons.push(named('signing.file-unsigned', 'the file was not signed', name));
  return reasons;
};
