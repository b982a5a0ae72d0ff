import type { Manifest } from '../../core/intake/manifest.ts';
import { EvidenceRef, readEvidence } from '../../core/kernel/evidence.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { rethrow } from './aws-errors.ts';
import { getItem } from './dynamodb.adapter.ts';
import { s3Evidence } from './s3-evidence.adapter.ts';

type Subject = { model: string; version: string };
export type RegisteredManifests = { find(subject: Subject): Promise<Manifest | undefined> };

/** A registered version never changes, so what was read of it once is true for ever. */
const KEPT = 200;

/**
 * The manifest under which a version was registered, checked against the digest in the registry; undefined for a
 * version that is not registered.
 * @throws EvidenceAltered
 */
export const registeredManifests = (registryTable: string, evidenceBucket: string): RegisteredManifests => {
  const evidence = s3Evidence(evidenceBucket);
  const known = new Map<string, Manifest>();
  return {
    find: async (subject) => {
      const name = `${subject.model}/${subject.version}`;
      const standing = known.get(name);
      if (standing !== undefined) return standing;
      const item = await getItem(registryTable, registryKeys.version(subject)).catch(rethrow);
      if (item?.stage !== 'registered') return undefined;
      const { manifest: ref } = item.evidence as { manifest?: unknown };
      const { Manifest: schema } = await import('../../core/intake/manifest.ts');
      const manifest = await readEvidence(evidence, EvidenceRef.parse(ref), schema);
      const [oldest] = known.keys();
      if (known.size >= KEPT && oldest !== undefined) known.delete(oldest);
      known.set(name, manifest);
      return manifest;
    },
  };
};
