import { expect, test } from 'vitest';
import { CLEARED, intake, QUARANTINED, VersionRejected } from '../../core/intake/contract.ts';
import { quarantineVersion } from '../../core/intake/quarantine-version.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import { memoryPlane } from '../support/memory-plane.ts';
import { claimed, MANIFEST_KEY, PREFIX, putFiles, putManifest } from '../support/upload.ts';

const NOTHING = {
  manifest: null,
  inventory: null,
  digests: null,
  scan: null,
  gates: null,
  decision: null,
  bundle: null,
  refusal: null,
};

const refused = async (plane: ReturnType<typeof memoryPlane>) => {
  putFiles(plane);
  const manifest = putManifest(plane, '{"model": "fraud"');
  const attempt = await claimed(plane, manifest);
  const { refusal } = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  return { attempt, evidence: { ...NOTHING, refusal: refusal as never } };
};

test('a refusal is answered with every reason, told as one fact, and the bytes are marked', async () => {
  const plane = memoryPlane();
  const { attempt, evidence } = await refused(plane);

  await quarantineVersion(plane)({ attempt, execution: 'execution-1', evidence, failure: null });

  const answer = plane.answered(attempt);
  expect(answer).toMatchObject({ outcome: 'rejected', model: 'fraud', version: '1.4.0' });
  expect(answer.reasons.length).toBeGreaterThan(0);
  expect(plane.facts.map((fact) => fact.type)).toEqual([intake.events.versionRejected.type]);
  expect(() => VersionRejected.parse(plane.facts[0]?.detail)).not.toThrow();
  expect(plane.markOf(MANIFEST_KEY, attempt.manifest)).toBe(QUARANTINED);
  expect(plane.markOf(`${PREFIX}model.safetensors`, 'v1')).toBe(QUARANTINED);
});

test('quarantine that runs again gives the first answer and tells no second fact', async () => {
  const plane = memoryPlane();
  const { attempt, evidence } = await refused(plane);
  const quarantine = quarantineVersion(plane);

  await quarantine({ attempt, execution: 'execution-1', evidence, failure: null });
  const first = plane.answered(attempt);
  plane.pass(100);
  await quarantine({ attempt, execution: 'execution-2', evidence, failure: null });

  expect(plane.answered(attempt)).toEqual(first);
  expect(plane.facts).toHaveLength(1);
});

test('an attempt to write over a registered version takes nothing from its readers', async () => {
  const plane = memoryPlane();
  const versions = putFiles(plane);
  const served = { key: `${PREFIX}model.safetensors`, versionId: versions['model.safetensors'] ?? '' };
  await plane.marks.set('models', served, CLEARED);
  plane.registered.set('fraud/1.4.0', { root: `sha256:${'0'.repeat(64)}` as never });
  const attempt = await claimed(plane, putManifest(plane));
  const { inventory } = await takeInventory(plane)({ attempt, execution: 'execution-1' });

  await quarantineVersion(plane)({
    attempt,
    execution: 'execution-1',
    evidence: { ...NOTHING, inventory: inventory as never },
    failure: null,
  });

  expect(plane.markOf(served.key, served.versionId)).toBe(CLEARED);
  expect(plane.markOf(MANIFEST_KEY, attempt.manifest)).toBe(QUARANTINED);
});

const published = async (plane: ReturnType<typeof memoryPlane>) => {
  const versions = putFiles(plane);
  const shared = { key: `${PREFIX}model.safetensors`, versionId: versions['model.safetensors'] ?? '' };
  const attempt = await claimed(plane, putManifest(plane));
  const { inventory } = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  await plane.marks.set('models', shared, CLEARED);
  return { shared, attempt, execution: 'execution-1', evidence: { ...NOTHING, inventory: inventory as never } };
};

test('a no leaves readable what another attempt at this version has published and not registered yet', async () => {
  const plane = memoryPlane();
  const { shared, ...said } = await published(plane);

  await quarantineVersion(plane)({ ...said, failure: null });

  expect(plane.markOf(shared.key, shared.versionId)).toBe(CLEARED);
});

test('an attempt that fails while it publishes takes back what it made readable', async () => {
  const plane = memoryPlane();
  const { shared, ...said } = await published(plane);

  await quarantineVersion(plane)({ ...said, failure: { error: 'Kernel.UploadChanged', cause: '' } });

  expect(plane.markOf(shared.key, shared.versionId)).toBe(QUARANTINED);
});

test('a step that failed by name becomes a reason that says what Lambda reported, without its stack', async () => {
  const plane = memoryPlane();
  const { attempt } = await refused(plane);
  const cause = JSON.stringify({
    errorType: 'Signing.KeyUnusable',
    errorMessage: 'KMS refuses the signing key: it is "disabled"',
    trace: ['at secret (/var/task/index.mjs)'],
  });

  await quarantineVersion(plane)({
    attempt,
    execution: 'execution-1',
    evidence: NOTHING,
    failure: { error: 'Signing.KeyUnusable', cause },
  });

  expect(plane.answered(attempt).reasons).toEqual([
    expect.objectContaining({
      rule: 'signing.key-unusable',
      message: 'KMS refuses the signing key: it is "disabled"',
    }),
  ]);
});
