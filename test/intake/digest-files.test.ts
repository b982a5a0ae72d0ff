import { describe, expect, test } from 'vitest';
import {
  type Attempt,
  DIGEST_SECONDS,
  type DigestReport,
  IntakeLimits,
  Inventory,
  intake,
  type PinnedFile,
  QUARANTINED,
  type Refusal,
} from '../../core/intake/contract.ts';
import { digestFiles } from '../../core/intake/digest-files.ts';
import { readAhead } from '../../core/intake/read-ahead.ts';
import { refuseUnread } from '../../core/intake/refuse-unread.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import { keepEvidence } from '../../core/kernel/evidence.ts';
import { UploadChanged } from '../../core/kernel/failures.ts';
import { memoryPlane, sha256 } from '../support/memory-plane.ts';
import { claimed, FILES, MANIFEST_KEY, manifestFor, PREFIX, putFiles, putManifest } from '../support/upload.ts';

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

describe('what S3 has no digest of and cannot be read in time', () => {
  /** Two large files and what is small; a byte stands for a gigabyte. */
  const BODIES = {
    'model.safetensors': 'seven b',
    'requirements.lock': 'five5',
    'baseline.jsonl': 'two',
  };
  const declaring = JSON.stringify({
    ...manifestFor(),
    files: Object.entries(BODIES).map(([path, body]) => ({ path, digest: sha256(body) })),
  });

  const planeWith = (readBytes: number, stored: readonly (keyof typeof BODIES)[] = []) => {
    const plane = memoryPlane({ readBytes });
    const { stream } = plane.bytes;
    const read: string[] = [];
    plane.bytes.stream = (bucket, file) => {
      read.push(file.key);
      return stream(bucket, file);
    };
    const versions = Object.entries(BODIES).map(([path, body]) => {
      const isStored = (stored as readonly string[]).includes(path);
      return { key: `${PREFIX}${path}`, versionId: plane.put(`${PREFIX}${path}`, body, { stored: isStored }) };
    });
    return { plane, read, versions, manifest: plane.put(MANIFEST_KEY, declaring, { stored: true }) };
  };
  const refusalOf = async (plane: Plane, attempt: Attempt): Promise<Refusal> =>
    JSON.parse((await plane.evidence.find(intake.keys.refusal(attempt))) ?? 'null');

  test('is refused before a byte of it is read, by the file that has to come another way', async () => {
    const { plane, read, manifest } = planeWith(9);

    const { attempt, output } = await digested(plane, manifest);

    expect(output).toMatchObject({ outcome: 'refused', report: null, root: null, bytesRead: 0 });
    expect(read).toEqual([]);
    expect((await refusalOf(plane, attempt)).reasons).toEqual([
      expect.objectContaining({
        rule: 'intake.too-much-to-read',
        path: 'model.safetensors',
        found: '7 bytes, of 15 bytes without one in all',
        allowed: 'at most 9 bytes without one, all files together',
        fix: expect.stringContaining('in one piece'),
      }),
    ]);
  });

  test('names as many files as have to come another way, the largest first', async () => {
    const { plane, manifest } = planeWith(5);

    const { attempt } = await digested(plane, manifest);

    const { reasons } = await refusalOf(plane, attempt);
    expect(reasons.map(({ path }) => path)).toEqual(['model.safetensors', 'requirements.lock']);
  });

  test.each([
    ['as much as can be read', 15, []],
    ['little, because S3 has the digest of what is large', 9, ['model.safetensors']],
  ] as const)('is not %s', async (_, readBytes, stored) => {
    const { plane, manifest } = planeWith(readBytes, stored);

    expect((await digested(plane, manifest)).output.outcome).toBe('digested');
  });

  test('is waited for when an earlier attempt left it: the file may be on its way in one piece', async () => {
    const { plane, versions, manifest } = planeWith(9);
    for (const version of versions) await plane.marks.set('models', version, QUARANTINED);

    const early = await digested(plane, manifest);
    plane.put(`${PREFIX}model.safetensors`, BODIES['model.safetensors'], { stored: true });
    const late = await digested(plane, manifest);

    expect([early.output.outcome, late.output.outcome]).toEqual(['stale', 'digested']);
  });

  test('stays refused when the look was interrupted after its quarantine had marked the bytes', async () => {
    const { plane, versions, manifest } = planeWith(9);
    const first = await digested(plane, manifest);

    for (const version of versions) await plane.marks.set('models', version, QUARANTINED);
    const again = await digested(plane, manifest);

    expect(again.output).toEqual(first.output);
  });

  test('is told to be split when S3 does not take it in one piece', () => {
    const [reason] = refuseUnread([{ path: 'weights.bin', size: 5 * 1024 ** 3 + 1 }], { readBytes: 5e9 });

    expect(reason?.fix).toContain('Split it');
  });
});

test('by default one run is asked to read no more than it can at 50 MB/s, with a minute to spare', () => {
  const { readBytes } = IntakeLimits.parse({});

  expect(readBytes).toBe(42e9);
  expect(readBytes / 50e6).toBeLessThanOrEqual(DIGEST_SECONDS - 60);
});

test('of any number of large objects no more than 256 MiB is asked for at once', async () => {
  const files = Array.from({ length: 100 }, (_, index) => ({
    path: `${index}.bin`,
    key: `${PREFIX}${index}.bin`,
    versionId: 'v1',
    size: 1024 ** 3,
  }));
  const { evidence, ...plane } = memoryPlane();
  const attempt = await claimed({ evidence, ...plane }, 'v1');
  const inventory = await keepEvidence(evidence, 'inventory', Inventory, { attempt, files, bytes: 100 * 1024 ** 3 });
  let asked = 0;
  const stuck = Promise.withResolvers<Uint8Array>();
  const bytes = {
    storedDigest: async () => undefined,
    stream: async (_: string, file: PinnedFile) =>
      readAhead(file, (_offset, length) => {
        asked += length;
        return stuck.promise;
      }),
  };

  const digesting = digestFiles({ ...plane, evidence, bytes, limits: { readBytes: 1e12 } })({
    attempt,
    inventory: inventory.ref,
    execution: 'execution-1',
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const held = asked;
  stuck.reject(new UploadChanged('gone'));

  await expect(digesting).rejects.toThrow('gone');
  expect(held).toBe(256 * 1024 ** 2);
});
