import { expect, test } from 'vitest';
import { claimUpload } from '../../core/intake/claim-upload.ts';
import { CLEARED } from '../../core/intake/contract.ts';
import { recheckUpload } from '../../core/intake/recheck-upload.ts';
import { sweepDead, sweepDue } from '../../core/intake/sweep-uploads.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import { memoryPlane } from '../support/memory-plane.ts';
import { announcement, claimed, MANIFEST_KEY, PREFIX, putFiles, putManifest } from '../support/upload.ts';

const input = (versionId: string) => ({ bucket: 'models', key: MANIFEST_KEY, versionId, trigger: null });

test('an execution that died is started again at once', async () => {
  const plane = memoryPlane();
  await claimed(plane, 'm1', 'execution-1');

  const restarted = await sweepDead(plane)('execution-1', input('m1'));
  const next = await claimUpload({ ...plane, leaseSeconds: 600 })(announcement('m1', 'execution-2'));

  expect(restarted).toBe(true);
  expect(plane.started).toEqual([input('m1')]);
  expect(next.outcome).toBe('claimed');
});

test('an execution that never held the attempt is not started again when it ends', async () => {
  const plane = memoryPlane();
  await claimed(plane, 'm1', 'execution-1');

  const restarted = await sweepDead(plane)('execution-2', input('m1'));

  expect(restarted).toBe(false);
  expect(plane.started).toEqual([]);
});

test('an execution that died before it could claim its upload is started again', async () => {
  const plane = memoryPlane();

  const restarted = await sweepDead(plane)('execution-1', input('m1'));
  const next = await claimUpload({ ...plane, leaseSeconds: 600 })(announcement('m1', 'execution-2'));

  expect(restarted).toBe(true);
  expect(plane.started).toEqual([input('m1')]);
  expect(next.outcome).toBe('claimed');
});

test('a last call of an execution that was stopped takes nothing from the one that is started in its place', async () => {
  const plane = memoryPlane();
  const claim = claimUpload({ ...plane, leaseSeconds: 600 });
  await sweepDead(plane)('execution-1', input('m1'));

  const late = await claim(announcement('m1', 'execution-1'));
  const next = await claim(announcement('m1', 'execution-2'));

  expect([late.outcome, next.outcome]).toEqual(['in-progress', 'claimed']);
});

test('uploads that no execution can claim are not started for ever', async () => {
  const plane = memoryPlane({ tries: 2 });
  const sweep = sweepDead(plane);

  const restarted = [];
  for (const execution of ['execution-1', 'execution-2', 'execution-3'])
    restarted.push(await sweep(execution, input('m1')));
  const soon = await sweepDue(plane)();
  plane.pass(3600);
  const later = await sweepDue(plane)();

  expect(restarted).toEqual([true, true, false]);
  expect([soon, later]).toEqual([0, 1]);
});

test('an execution that died after it put an incomplete upload to rest leaves it to its deadline', async () => {
  const plane = memoryPlane();
  const waiting = putManifest(plane);
  await takeInventory(plane)({ attempt: await claimed(plane, waiting, 'execution-1'), execution: 'execution-1' });

  const restarted = await sweepDead(plane)('execution-1', input(waiting));

  expect(restarted).toBe(false);
  expect(plane.started).toEqual([]);
});

test('an attempt that nothing can finish is left for an hour instead of being started for ever', async () => {
  const plane = memoryPlane({ tries: 1 });
  const claim = claimUpload({ ...plane, leaseSeconds: 600 });
  await claim(announcement('m1', 'execution-1'));
  await sweepDead(plane)('execution-1', input('m1'));
  const second = await claim(announcement('m1', 'execution-2'));

  const restarted = await sweepDead(plane)('execution-2', input('m1'));
  plane.pass(600);
  const soon = await sweepDue(plane)();
  plane.pass(3600);
  const later = await sweepDue(plane)();

  expect(second.outcome).toBe('exhausted');
  expect([restarted, soon, later]).toEqual([false, 0, 1]);
});

test('the sweep starts leases and deadlines that are over, and nothing else', async () => {
  const plane = memoryPlane({ incompleteSeconds: 900 });
  const waiting = putManifest(plane);
  await takeInventory(plane)({ attempt: await claimed(plane, waiting), execution: 'execution-1' });
  await claimed(plane, 'm2', 'execution-2');

  const atOnce = await sweepDue(plane)();
  plane.pass(601);
  const afterLease = await sweepDue(plane)();
  plane.started.length = 0;
  plane.pass(300);
  await sweepDue(plane)();

  expect([atOnce, afterLease]).toEqual([0, 1]);
  expect(plane.started).toContainEqual(input(waiting));
});

test('a file written over a registered version gets an attempt of its own; its announced bytes do not', async () => {
  const plane = memoryPlane();
  const versions = putFiles(plane);
  const manifest = putManifest(plane);
  await claimed(plane, manifest);
  const [record] = [...plane.records.values()];
  if (record === undefined) throw new Error('no attempt');
  await plane.attempts.swap({ ...record, status: 'answered', outcome: 'registered' });
  plane.registered.set('fraud/1.4.0', { root: `sha256:${'0'.repeat(64)}` as never });
  const key = `${PREFIX}model.safetensors`;
  await plane.marks.set('models', { key, versionId: versions['model.safetensors'] ?? '' }, CLEARED);

  const known = await recheckUpload(plane)({ bucket: 'models', key, versionId: versions['model.safetensors'] ?? '' });
  const stray = plane.put(key, 'other weights');
  const strange = await recheckUpload(plane)({ bucket: 'models', key, versionId: stray });

  expect([known, strange]).toEqual(['nothing-to-do', 'started']);
  expect(plane.started).toEqual([{ ...input(manifest), trigger: stray }]);
});

test('an object that arrives while an attempt runs is asked about again later', async () => {
  const plane = memoryPlane();
  await claimed(plane, 'm1');

  const recheck = await recheckUpload(plane)({ bucket: 'models', key: `${PREFIX}a.bin`, versionId: 'v1' });

  expect(recheck).toBe('later');
});
