import type { z } from 'zod';
import { DigestReport, Inventory, waysOf } from '../intake/contract.ts';
import { Manifest } from '../intake/manifest.ts';
import type { Clock } from '../kernel/clock.ts';
import { type EvidenceStore, readEvidence } from '../kernel/evidence.ts';
import { type Fact, factId } from '../kernel/fact.ts';
import { EvidenceAltered } from '../kernel/failures.ts';
import { present } from '../kernel/present.ts';
import { RegisteredVersion, registry, type VersionRegistered } from './contract.ts';
import { lineageEdges } from './lineage-edges.ts';
import type { Registry } from './ports.ts';

type Input = z.output<typeof registry.tasks.registerVersion.input>;
type Output = z.input<typeof registry.tasks.registerVersion.output>;
type Ports = { versions: Registry; evidence: EvidenceStore; clock: Clock };

/** Writes the version, its model's head, its lineage and the fact, in one transaction. */
export const registerVersion =
  ({ versions, evidence, clock }: Ports) =>
  async ({ attempt, tier, root, bundle, evidence: refs }: Input): Promise<Output> => {
    const named = present(refs);
    const ref = (name: string) => {
      const found = named[name];
      if (found === undefined) throw new EvidenceAltered(`the workflow brought no ${name}`);
      return found;
    };
    const manifest = await readEvidence(evidence, ref('manifest'), Manifest);
    const inventory = await readEvidence(evidence, ref('inventory'), Inventory);
    const digests = await readEvidence(evidence, ref('digests'), DigestReport);
    if (digests.root !== root) throw new EvidenceAltered(`digests are of ${digests.root}, the workflow says ${root}`);
    const version = RegisteredVersion.parse({
      model: manifest.model,
      version: manifest.version,
      root,
      owner: manifest.owner,
      format: manifest.format,
      tier,
      stage: 'registered',
      registeredAt: clock.now().toISOString(),
      attempt: attempt.id,
      files: inventory.files.length,
      bytes: inventory.bytes,
      digests: waysOf(digests),
      bundle,
      evidence: named,
    });
    const fresh = await versions.register(
      version,
      lineageEdges(manifest, root),
      registration(version, { bucket: attempt.bucket, key: bundle.key, digest: ref('bundle').digest }),
    );
    return { outcome: fresh ? 'registered' : 'already-registered' };
  };

const registration = (version: RegisteredVersion, bundle: VersionRegistered['bundle']): Fact => {
  const event = registry.events.versionRegistered;
  const detail: VersionRegistered = {
    id: factId(event, version.model, version.version),
    model: version.model,
    version: version.version,
    attempt: version.attempt,
    occurredAt: version.registeredAt,
    correlationId: version.attempt,
    root: version.root,
    tier: version.tier,
    owner: version.owner,
    format: version.format,
    bundle,
  };
  return { id: detail.id, type: event.type, detail };
};
