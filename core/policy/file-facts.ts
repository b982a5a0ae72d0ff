import { type DigestReport, MANIFEST } from '../intake/contract.ts';
import type { Manifest } from '../intake/manifest.ts';
import type { ScanReport } from '../scanning/contract.ts';

export type Mismatch = DigestReport['mismatches'][number];
export type Uncovered = { readonly path: string; readonly lacks: readonly string[] };

type Evidence = { readonly manifest: Manifest; readonly digests: DigestReport; readonly scan: ScanReport };

/** Compared anew, besides what the digest step reports: policy believes no summary that it can check. */
export const mismatchedFiles = ({ manifest, digests }: Evidence): Mismatch[] => {
  const actual = new Map(digests.files.map(({ path, digest }) => [path, digest]));
  const compared = manifest.files.flatMap(({ path, digest: declared }) => {
    const found = actual.get(path);
    return found === undefined || found === declared ? [] : [{ path, declared, actual: found }];
  });
  const known = new Set(compared.map(({ path }) => path));
  return [...compared, ...digests.mismatches.filter(({ path }) => !known.has(path))];
};

/** Files that one step saw and another did not: what no check has seen, no verdict covers. */
export const uncoveredFiles = ({ manifest, digests, scan }: Evidence): Uncovered[] => {
  const steps = [
    // The manifest cannot declare itself.
    { done: 'declared', paths: new Set([MANIFEST, ...manifest.files.map(({ path }) => path)]) },
    { done: 'digested', paths: new Set(digests.files.map(({ path }) => path)) },
    { done: 'scanned', paths: new Set(scan.files.map(({ path }) => path)) },
  ];
  const all = new Set(steps.flatMap(({ paths }) => [...paths]));
  return [...all]
    .map((path) => ({ path, lacks: steps.filter(({ paths }) => !paths.has(path)).map(({ done }) => done) }))
    .filter(({ lacks }) => lacks.length > 0);
};
