import type { Manifest } from '../intake/manifest.ts';
import type { Digest } from '../kernel/digest.ts';

/** The digest by which a manifest pins its baseline data set; undefined when it declares none. */
export const baselineDigest = ({ baseline, files }: Manifest): Digest | undefined =>
  baseline === undefined ? undefined : (baseline.digest ?? files.find(({ path }) => path === baseline.path)?.digest);
