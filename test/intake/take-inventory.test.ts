import { expect, test } from 'vitest';
import { answerUpload } from '../../core/intake/answer-upload.ts';
import { claimUpload } from '../../core/intake/claim-upload.ts';
import { recheckUpload } from '../../core/intake/recheck-upload.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import { memoryPlane, sha256 } from '../support/memory-plane.ts';
import {
  announcement,
  claimed,
  FILES,
  MANIFEST_KEY,
  manifestFor,
  PREFIX,
  putFiles,
  putManifest,
} from '../support/upload.ts';

const registration = {
  execution: 'execution-2',
  root: sha256('root'),
  tier: 'light',
  bundle: { key: `${PREFIX}model.sig`, versionId: 'b1' },
  evidence: {},
};

const refusalOf = async (plane: ReturnType<typeof memoryPlane>, manifestVersion: string) => {
  const attempt = await claimed(plane, manifestVersion);
  const output = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  expect(output.outcome).toBe('refused');
  return JSON.parse(await plane.evidence.get(output.refusal?.key ?? '')).reasons as { rule: string; path?: string }[];
};

test('a complete upload is pinned by object version, the manifest included', async () => {
  const plane = memoryPlane();
  const versions = putFiles(plane);
  const manifest = putManifest(plane);

  const attempt = await claimed(plane, manifest);
  const output = await takeInventory(plane)({ attempt, execution: 'execution-1' });

  expect(output).toMatchObject({ outcome: 'complete', files: 4 });
  const { files } = JSON.parse(await plane.evidence.get(output.inventory?.key ?? ''));
  expect(
    Object.fromEntries(files.map((file: { path: string; versionId: string }) => [file.path, file.versionId])),
  ).toEqual({
    ...versions,
    'manifest.json': manifest,
  });
});

test('files that are still on their way make the upload rest, and their arrival starts it again', async () => {
  const plane = memoryPlane();
  const manifest = putManifest(plane);
  const attempt = await claimed(plane, manifest);

  const early = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  const versions = putFiles(plane);
  const key = `${PREFIX}model.safetensors`;
  const recheck = await recheckUpload(plane)({ bucket: 'models', key, versionId: versions['model.safetensors'] ?? '' });
  const second = await claimed(plane, manifest, 'execution-2');
  const late = await takeInventory(plane)({ attempt: second, execution: 'execution-2' });

  expect(early.outcome).toBe('incomplete');
  expect(recheck).toBe('started');
  expect(plane.started).toEqual([{ bucket: 'models', key: MANIFEST_KEY, versionId: manifest, trigger: null }]);
  expect(second.look).toBe(1);
  expect(late.outcome).toBe('complete');
});

test('a file that arrives while the attempt is put to rest is not missed', async () => {
  const plane = memoryPlane();
  const manifest = putManifest(plane);
  const attempt = await claimed(plane, manifest);
  const swap = plane.attempts.swap;
  plane.attempts.swap = async (record, fact) => {
    putFiles(plane);
    return swap(record, fact);
  };

  const output = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  plane.attempts.swap = swap;
  const again = await claimUpload({ ...plane, leaseSeconds: 600 })(announcement(manifest, 'execution-1'));

  expect(output.outcome).toBe('arrived');
  expect(again.outcome).toBe('claimed');
});

test('files that never arrive are refused by name once the deadline has passed', async () => {
  const plane = memoryPlane({ incompleteSeconds: 60 });
  putFiles(plane, { 'model.safetensors': FILES['model.safetensors'] ?? '' });
  const manifest = putManifest(plane);
  await takeInventory(plane)({ attempt: await claimed(plane, manifest), execution: 'execution-1' });

  plane.pass(61);
  const reasons = await refusalOf(plane, manifest);

  expect(reasons.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'intake.file-missing requirements.lock',
    'intake.file-missing baseline.jsonl',
  ]);
});

test('a look that was interrupted goes on with what it pinned, whatever was uploaded since', async () => {
  const plane = memoryPlane();
  putFiles(plane);
  const attempt = await claimed(plane, putManifest(plane));

  const first = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  plane.put(`${PREFIX}model.safetensors`, 'other weights');
  const second = await takeInventory(plane)({ attempt, execution: 'execution-1' });

  expect(second).toEqual(first);
});

test('a manifest that was replaced before it was read ends as superseded, with an answer and no fact', async () => {
  const plane = memoryPlane();
  putFiles(plane);
  const first = putManifest(plane);
  putManifest(plane);
  const attempt = await claimed(plane, first);

  const output = await takeInventory(plane)({ attempt, execution: 'execution-1' });

  expect(output.outcome).toBe('superseded');
  expect(plane.answered(attempt)).toMatchObject({ outcome: 'superseded', attempt: first });
  expect(plane.facts).toEqual([]);
});

test('declared names that must not be signed are refused at their places in the manifest', async () => {
  const plane = memoryPlane();
  putFiles(plane);
  const tricky = { ...FILES, '../escape.bin': 'x', '.gitattributes': 'x', 'manifest.json': 'x' };

  const reasons = await refusalOf(plane, putManifest(plane, manifestFor(tricky)));

  expect(reasons.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'intake.name-refused $.files[3].path',
    'intake.name-refused $.files[4].path',
    'intake.name-refused $.files[5].path',
  ]);
});

test('an undeclared file and a name that belongs to the signer are both named at once', async () => {
  const plane = memoryPlane();
  putFiles(plane, { ...FILES, 'extra.bin': 'x', 'model.sig': 'x' });

  const reasons = await refusalOf(plane, putManifest(plane));

  expect(reasons.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'intake.name-refused model.sig',
    'intake.file-undeclared extra.bin',
  ]);
});

test('the signature beside a registered version is no stranger when that version is uploaded again', async () => {
  const plane = memoryPlane();
  putFiles(plane);
  plane.put(`${PREFIX}model.sig`, 'bundle');
  plane.registered.set('fraud/1.4.0', { root: `sha256:${'0'.repeat(64)}` as never });

  const attempt = await claimed(plane, putManifest(plane));
  const output = await takeInventory(plane)({ attempt, execution: 'execution-1' });

  expect(output).toMatchObject({ outcome: 'complete', files: 4 });
});

test('more files or bytes than the stage takes are refused with both numbers', async () => {
  const plane = memoryPlane({ files: 3, bytes: 10 });
  putFiles(plane);

  const reasons = await refusalOf(plane, putManifest(plane));

  expect(reasons.map(({ rule }) => rule)).toEqual(['intake.too-many-files', 'intake.too-many-bytes']);
});

test('so many files that the list ends before the manifest are refused for their number', async () => {
  const plane = memoryPlane({ files: 3 });
  putFiles(plane, Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`${i}.bin`, `${i}`])));

  const reasons = await refusalOf(plane, putManifest(plane));

  expect(reasons.map(({ rule }) => rule)).toEqual(['intake.too-many-files']);
});

test('a file written over a registered version is not forgotten for an older upload that still waits', async () => {
  const plane = memoryPlane();
  const waiting = await claimed(plane, putManifest(plane));
  await takeInventory(plane)({ attempt: waiting, execution: 'execution-1' });
  putFiles(plane);
  const newest = await claimed(plane, putManifest(plane), 'execution-2');
  await answerUpload(plane)({ ...registration, attempt: newest });
  plane.registered.set('fraud/1.4.0', { root: registration.root });
  const over = { bucket: 'models', key: `${PREFIX}model.safetensors`, versionId: '' };
  over.versionId = plane.put(over.key, 'other weights');

  const first = await recheckUpload(plane)(over);
  const again = await claimed(plane, waiting.manifest, 'execution-3');
  await takeInventory(plane)({ attempt: again, execution: 'execution-3' });
  const second = await recheckUpload(plane)(over);

  expect([first, second]).toEqual(['later', 'started']);
  expect(plane.started.at(-1)).toMatchObject({ versionId: newest.manifest, trigger: over.versionId });
});

test('five thousand files stay a reference: the output does not grow with them', async () => {
  const plane = memoryPlane();
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`shards/${i}.bin`, `${i}`]));
  putFiles(plane, many);

  const attempt = await claimed(plane, putManifest(plane, manifestFor(many)));
  const output = await takeInventory(plane)({ attempt, execution: 'execution-1' });

  expect(output).toMatchObject({ outcome: 'complete', files: 5001 });
  expect(JSON.stringify(output).length).toBeLessThan(1000);
});
