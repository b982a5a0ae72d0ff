import { expect, test } from 'vitest';
import { intake, waysOf } from '../../core/intake/contract.ts';
import { digestFiles } from '../../core/intake/digest-files.ts';
import { Manifest } from '../../core/intake/manifest.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import type { Digest } from '../../core/kernel/digest.ts';
import type { EvidenceRef } from '../../core/kernel/evidence.ts';
import type { Fact } from '../../core/kernel/fact.ts';
import type { LineageEdge } from '../../core/lineage/contract.ts';
import { type RegisteredVersion, VersionRegistered } from '../../core/registry/contract.ts';
import { lineageEdges } from '../../core/registry/lineage-edges.ts';
import type { Registry, Reservation } from '../../core/registry/ports.ts';
import { registerVersion } from '../../core/registry/register-version.ts';
import { reserveVersion } from '../../core/registry/reserve-version.ts';
import { registryKeys } from '../../core/registry/table.ts';
import { completeManifest } from '../support/manifest.ts';
import { memoryPlane, sha256 } from '../support/memory-plane.ts';
import { claimed, FILES, manifestFor, putFiles, putManifest } from '../support/upload.ts';

const memoryRegistry = () => {
  const reservations = new Map<string, Reservation>();
  const registered: { version: RegisteredVersion; edges: readonly LineageEdge[]; fact: Fact }[] = [];
  const registry: Registry = {
    reserve: async ({ model, version }, root, attempt) => {
      const key = `${model}/${version}`;
      const standing = reservations.get(key) ?? { root, attempt, registered: false };
      reservations.set(key, standing);
      return standing;
    },
    register: async (version, edges, fact) => {
      const standing = reservations.get(`${version.model}/${version.version}`);
      if (standing?.root !== version.root) throw new Error('not reserved');
      if (standing.registered) return false;
      standing.registered = true;
      registered.push({ version, edges, fact });
      return true;
    },
  };
  return { registry, registered };
};

const evidenced = async (plane: ReturnType<typeof memoryPlane>, manifest: unknown) => {
  putFiles(plane);
  const attempt = await claimed(plane, putManifest(plane, manifest));
  const stock = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  const inventory = stock.inventory as EvidenceRef;
  const digested = await digestFiles(plane)({ attempt, inventory, execution: 'execution-1' });
  const bundle: EvidenceRef = { key: 'bundle', digest: sha256('bundle') };
  return {
    attempt,
    root: digested.root as Digest,
    tier: 'standard' as const,
    bundle: { key: intake.keys.bundle(attempt), versionId: 'b1' },
    evidence: { manifest: stock.manifest as EvidenceRef, inventory, digests: digested.report as EvidenceRef, bundle },
  };
};

const traced = () => {
  const { training } = completeManifest();
  const environment = { lock: sha256(FILES['requirements.lock'] ?? ''), lockFile: 'requirements.lock' };
  return { ...manifestFor(FILES), training: { ...training, environment } };
};

test('the version says how its digests were obtained: stored by S3, or by reading so many bytes', async () => {
  const plane = memoryPlane();
  const { registry: versions, registered } = memoryRegistry();
  const input = await evidenced(plane, traced());
  const read = plane.evidence.standing.get(input.evidence.digests.key) ?? '';

  await reserveVersion({ versions, evidence: plane.evidence })(input);
  await registerVersion({ ...plane, versions })(input);

  expect(registered[0]?.version.digests).toEqual({ stored: 0, read: 4, bytesRead: JSON.parse(read).bytesRead });
  expect(waysOf({ ...JSON.parse(read), files: [{ source: 'stored' }, { source: 'read' }] })).toMatchObject({
    stored: 1,
    read: 1,
  });
});

test('version, lineage and fact are written together, and the fact is what the contract publishes', async () => {
  const plane = memoryPlane();
  const { registry: versions, registered } = memoryRegistry();
  const input = await evidenced(plane, traced());

  await reserveVersion({ versions, evidence: plane.evidence })(input);
  const output = await registerVersion({ ...plane, versions })(input);

  expect(output.outcome).toBe('registered');
  expect(VersionRegistered.parse(registered[0]?.fact.detail)).toMatchObject({ model: 'fraud', root: input.root });
  const edges = (registered[0]?.edges ?? []).map(({ relation, to }) => `${relation} ${to.split(':')[0]}`);
  expect(edges.sort()).toEqual([
    'built-from code',
    'built-from environment',
    'derived-from model',
    'describes model',
    'trained-on dataset',
  ]);
});

test('a data set without a digest is a node that fits the table, however long its address is', () => {
  const { training } = completeManifest();
  const uriOf = (length: number) => `s3://${'ü'.repeat(length)}`;
  const nodesOf = (uri: string) =>
    lineageEdges(
      Manifest.parse({ ...manifestFor(FILES), training: { ...training, datasets: [{ name: 'd', uri }] } }),
      sha256('root'),
    )
      .filter(({ relation }) => relation === 'trained-on')
      .map((edge) => registryKeys.edge(edge).sk);

  const [short, long] = [nodesOf(uriOf(100)), nodesOf(uriOf(1000))];

  expect(short).toEqual([`EDGE#trained-on#dataset:${uriOf(100)}`]);
  expect(Buffer.byteLength(long[0] ?? '')).toBeLessThanOrEqual(1024);
  expect(long).not.toEqual(nodesOf(uriOf(1001)));
});

test('registering again after a crash changes nothing and tells no second fact', async () => {
  const plane = memoryPlane();
  const { registry: versions, registered } = memoryRegistry();
  const input = await evidenced(plane, traced());
  await reserveVersion({ versions, evidence: plane.evidence })(input);
  await registerVersion({ ...plane, versions })(input);

  plane.pass(60);
  const reserved = await reserveVersion({ versions, evidence: plane.evidence })(input);
  const output = await registerVersion({ ...plane, versions })(input);

  expect([reserved.outcome, output.outcome]).toEqual(['reserved', 'already-registered']);
  expect(registered).toHaveLength(1);
});

test('other bytes under a reserved version are refused with both digests and the way out', async () => {
  const plane = memoryPlane();
  const { registry: versions } = memoryRegistry();
  const input = await evidenced(plane, traced());
  const reserve = reserveVersion({ versions, evidence: plane.evidence });
  await reserve({ attempt: input.attempt, root: sha256('the first bytes') });

  const output = await reserve(input);

  expect(output.outcome).toBe('refused');
  const { reasons } = JSON.parse(await plane.evidence.get(output.refusal?.key ?? ''));
  expect(reasons).toEqual([
    expect.objectContaining({
      rule: 'registry.version-immutable',
      found: input.root,
      allowed: sha256('the first bytes'),
      fix: 'Submit the new bytes under a new version.',
    }),
  ]);
});
