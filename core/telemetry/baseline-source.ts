import type { Manifest } from '../intake/manifest.ts';
import { canonicalJson, type Json } from '../kernel/canonical-json.ts';
import { type Digest, digestOf } from '../kernel/digest.ts';
import { telemetry } from './contract.ts';
import { BaselineRefused } from './failures.ts';

/** The digest by which a manifest pins its baseline data set; undefined when it declares none. */
export const baselineDigest = ({ baseline, files }: Manifest): Digest | undefined =>
  baseline === undefined ? undefined : (baseline.digest ?? files.find(({ path }) => path === baseline.path)?.digest);

/**
 * Where the summary of a manifest's baseline stands. What is counted of the same bytes depends on the features that are
 * declared, and attempts at one version may declare different ones.
 */
export const baselineKey = (manifest: Manifest): string | undefined => {
  const digest = baselineDigest(manifest);
  if (digest === undefined) return undefined;
  const counted = canonicalJson({ digest, features: (manifest.features ?? []) as readonly Json[] });
  return telemetry.keys.baseline(manifest, digestOf(counted));
};

export type Address = { readonly bucket: string; readonly key: string };

/**
 * Bucket and key of an address outside the upload.
 * @throws BaselineRefused when the stage takes no baselines from there
 */
export const allowedAddress = (uri: string, buckets: readonly string[]): Address => {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (buckets.includes(bucket)) return { bucket, key };
  const others = buckets.length === 0 ? '' : `, or an object in one of the buckets ${buckets.join(', ')}`;
  throw new BaselineRefused(`baseline.uri: found ${uri}; allowed: a file of the upload, as baseline.path${others}`);
};
