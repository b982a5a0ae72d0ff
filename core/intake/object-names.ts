import type { Reason } from '../kernel/reason.ts';
import { BUNDLE } from './contract.ts';

/** Characters that direct text are among them: a name must not read as another one than it is. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** S3 allows 1024 bytes for a key; the prefix needs its part of them. */
const MAX_BYTES = 900;

const named = (path: string, message: string, fix: string): Reason => ({
  rule: 'intake.name-refused',
  path,
  message,
  fix,
});

/**
 * Why a path below the version's prefix is refused, or undefined. A verifier joins these names to a directory of its
 * own, so a name that means another place there, or two things at once, must never be signed.
 */
export const refuseName = (path: string): Reason | undefined => {
  const segments = path.split('/');
  if (path === '') return named(path, 'a file needs a name', 'Give the file a name.');
  if (!path.isWellFormed() || CONTROL.test(path))
    return named(path, 'control characters or broken Unicode in a name', 'Rename the file with printable characters.');
  if (Buffer.byteLength(path) > MAX_BYTES)
    return named(path, `the name is longer than ${MAX_BYTES} bytes`, 'Shorten the path.');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
    return named(path, 'an absolute path', 'Name the file relative to the version.');
  if (path.includes('\\')) return named(path, 'a backslash in a name', 'Separate folders with /.');
  if (path.endsWith('/')) return named(path, 'a name that ends with / is a folder', 'Delete the folder marker.');
  if (segments.includes('..') || segments.includes('.') || segments.includes(''))
    return named(path, 'a path with empty, . or .. segments', 'Name the file by its plain path.');
  if (path === BUNDLE) return named(path, `${BUNDLE} is reserved for the signature`, 'Rename or leave out the file.');
  if (segments.some((segment) => segment.toLowerCase().startsWith('.git')))
    return named(path, 'verifiers skip .git files, so a signature would not cover it', 'Leave the file out.');
  return undefined;
};

/** Names that a case-insensitive or normalising file system takes for one another. */
const collisionKey = (path: string) => path.normalize('NFKC').toLowerCase();

/** One reason for each name that another name shadows. */
const refuseCollisions = (paths: readonly string[]): Reason[] => {
  const seen = new Map<string, string>();
  return paths.flatMap((path) => {
    const key = collisionKey(path);
    const first = seen.get(key);
    seen.set(key, first ?? path);
    return first === undefined
      ? []
      : [named(path, `some file systems cannot tell it from ${first}`, 'Rename one of the two.')];
  });
};

/** Refusals of everything that a manifest declares or that lies under the prefix. */
export const refuseNames = (paths: readonly string[]): Reason[] => [
  ...paths.flatMap((path) => refuseName(path) ?? []),
  ...refuseCollisions(paths),
];
