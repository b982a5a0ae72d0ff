import type { Reason } from '../kernel/reason.ts';
import { BUNDLE, type IntakeLimits, MANIFEST, type PinnedFile } from './contract.ts';
import type { Manifest } from './manifest.ts';
import { refuseName, refuseNames } from './object-names.ts';

/** The current version of an object below the prefix. `path` is the key without the prefix. */
export type StoredObject = { path: string; key: string; versionId: string; size: number };

export type Stock =
  | { outcome: 'complete'; files: PinnedFile[]; bytes: number }
  | { outcome: 'incomplete'; missing: [string, ...string[]] }
  | { outcome: 'refused'; reasons: [Reason, ...Reason[]] };

export type StockRequest = {
  manifest: Manifest;
  objects: readonly StoredObject[];
  limits: IntakeLimits;
  /** A registered version carries its bundle; under any other the name is taken from the signer. */
  registered: boolean;
};

/** A name that no manifest may declare has its reason already; to declare it would not help. */
const refuseUndeclared = (manifest: Manifest, objects: readonly StoredObject[]): Reason[] => {
  const declared = new Set(manifest.files.map((file) => file.path));
  return objects
    .filter(({ path }) => path !== MANIFEST && !declared.has(path) && refuseName(path) === undefined)
    .map(({ path }) => ({
      rule: 'intake.file-undeclared',
      path,
      message: 'lies under the prefix, and the manifest does not name it',
      fix: 'Declare the file in the manifest, or submit without it under a new version.',
    }));
};

export const refuseExcess = (objects: readonly StoredObject[], limits: IntakeLimits): Reason[] => {
  const bytes = objects.reduce((sum, object) => sum + object.size, 0);
  const over = (what: string, found: number, allowed: number): Reason[] =>
    found <= allowed
      ? []
      : [
          {
            rule: `intake.too-many-${what}`,
            message: `more ${what} than this stage takes`,
            found: String(found),
            allowed: `at most ${allowed} ${what}`,
            fix: `Submit fewer ${what}, or raise limits.${what} in the stage configuration.`,
          },
        ];
  return [...over('files', objects.length, limits.files), ...over('bytes', bytes, limits.bytes)];
};

const isComplaint = <T>(list: T[]): list is [T, ...T[]] => list.length > 0;

/** Compares what a manifest declares with what lies under the prefix, and pins what it finds. */
export const takeStock = ({ manifest, objects: listed, limits, registered }: StockRequest): Stock => {
  const objects = listed.filter((object) => object.path !== '' && !(registered && object.path === BUNDLE));
  const byPath = new Map(objects.map((object) => [object.path, object]));
  const reasons = [
    ...refuseNames([...new Set([...manifest.files.map((file) => file.path), ...objects.map((object) => object.path)])]),
    ...refuseUndeclared(manifest, objects),
    ...refuseExcess(objects, limits),
  ];
  if (isComplaint(reasons)) return { outcome: 'refused', reasons };

  const missing = manifest.files.map((file) => file.path).filter((path) => !byPath.has(path));
  if (isComplaint(missing)) return { outcome: 'incomplete', missing };

  const declared = new Map(manifest.files.map((file) => [file.path, file.digest]));
  const files = objects.map((object): PinnedFile => {
    const digest = declared.get(object.path);
    return { ...object, ...(digest === undefined ? {} : { declared: digest }) };
  });
  return { outcome: 'complete', files, bytes: files.reduce((sum, file) => sum + file.size, 0) };
};
