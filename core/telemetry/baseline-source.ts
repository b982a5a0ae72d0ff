import { dataSetDigest } from '../data-set/open-data-set.ts';
import type { Manifest } from '../intake/manifest.ts';
import { canonicalJson, type Json } from '../kernel/canonical-json.ts';
import { type Digest, digestOf } from '../kernel/digest.ts';
import { telemetry } from './contract.ts';

/** The digest by which a manifest pins its baseline data set; undefined when it declares none. */
export const baselineDigest = (manifest: Manifest): Digest | undefined => dataSetDigest(manifest, manifest.baseline);

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
