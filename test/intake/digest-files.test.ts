import { expect, test } from 'vitest';
import type { DigestReport } from '../../core/intake/contract.ts';
import { digestFiles } from '../../core/intake/digest-files.ts';
import { QUARANTINED } from '../../core/intake/ports.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import { memoryPlane, sha256 } from '../support/memory-plane.ts';
import { claimed, FILES, manifestFor, PREFIX, putFiles, putManifest } from '../support/upload.ts';

type Plane = ReturnType<typeof memoryPlane>;

const digested = async (plane: Plane, manifest: string) => {
  const attempt = await claimed(plane, manifest);
  const { inventory } = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  if (inventory === null) throw new Error('the upload was not complete');
  const output = await digestFiles(plane)({ attempt, inventory: inventory as never, execution: 'execution-1' });
  const report = output.report === null ? undefined : await plane.evidence.get(output.report.key);
  return { attempt, output, report: report === undefined ? undefined : (JSON.parse(report) as DigestReport) };
};

test('a digest that S3 stored costs no byte; any other object is read once', async () => {
  const plane = memoryPlane();
  putFiles(plane, {
    'requirements.lock': FILES['requirements.lock'] ?? '',
    'baseline.jsonl': FILES['baseline.jsonl'] ?? '',
  });
  plane.put(`${PREFIX}model.safetensors`, FILES['model.safetensors'] ?? '', { stored: true });
  const manifest = JSON.stringify(manifestFor());
  putManifest(plane, manifest);

  const { report } = await digested(plane, 'v4');

  const taken = Object.fromEntries(
    (report?.files ?? []).map((file) => [file.path, `${file.source} ${file.bytesRead}`]),
  );
  expect(taken).toEqual({
    'model.safetensors': 'stored 0',
    'requirements.lock': `read ${FILES['requirements.lock']?.length}`,
    'baseline.jsonl': `read ${FILES['baseline.jsonl']?.length}`,
    'manifest.json': `read ${manifest.length}`,
  });
  expect(report?.files.find((file) => file.path === 'model.safetensors')?.digest).toBe(sha256('weights'));
});

test('a file that is not what the manifest declares is a finding with both digests', async () => {
  const plane = memoryPlane();
  putFiles(plane, { ...FILES, 'model.safetensors': 'weightz' });

  const { output, report } = await digested(plane, putManifest(plane));

  expect(output.outcome).toBe('digested');
  expect(report?.mismatches).toEqual([
    { path: 'model.safetensors', declared: sha256('weights'), actual: sha256('weightz') },
  ]);
});

test('what an earlier attempt left under a declared name is waited for, not refused', async () => {
  const plane = memoryPlane();
  const left = putFiles(plane, { ...FILES, 'model.safetensors': 'rejected weights' });
  await plane.marks.set(
    'models',
    { key: `${PREFIX}model.safetensors`, versionId: left['model.safetensors'] ?? '' },
    QUARANTINED,
  );
  const manifest = putManifest(plane);

  const early = await digested(plane, manifest);
  plane.put(`${PREFIX}model.safetensors`, 'weights');
  const late = await digested(plane, manifest);

  expect(early.output.outcome).toBe('stale');
  expect(late.output.outcome).toBe('digested');
  expect(late.report?.mismatches).toEqual([]);
});

test('once the deadline has passed, what an earlier attempt left is a wrong file like any other', async () => {
  const plane = memoryPlane({ incompleteSeconds: 60 });
  const left = putFiles(plane, { ...FILES, 'model.safetensors': 'rejected weights' });
  await plane.marks.set(
    'models',
    { key: `${PREFIX}model.safetensors`, versionId: left['model.safetensors'] ?? '' },
    QUARANTINED,
  );
  const manifest = putManifest(plane);
  await digested(plane, manifest);

  plane.pass(61);
  const { report } = await digested(plane, manifest);

  expect(report?.mismatches.map(({ path }) => path)).toEqual(['model.safetensors']);
});

test('a look that was interrupted after its quarantine marked the bytes keeps its digests and waits for nothing', async () => {
  const plane = memoryPlane();
  const versions = putFiles(plane, { ...FILES, 'model.safetensors': 'weightz' });
  const manifest = putManifest(plane);
  const first = await digested(plane, manifest);

  for (const [path, versionId] of Object.entries(versions))
    await plane.marks.set('models', { key: `${PREFIX}${path}`, versionId }, QUARANTINED);
  const again = await digested(plane, manifest);

  expect(again.output).toEqual(first.output);
});
