import { expect, test } from 'vitest';
import type { DigestReport } from '../../core/intake/contract.ts';
import { digestFiles } from '../../core/intake/digest-files.ts';
import { takeInventory } from '../../core/intake/take-inventory.ts';
import { scanAttempt } from '../../core/scanning/scan-attempt.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';
import { signAttempt } from '../../core/signing/sign-attempt.ts';
import { verifyBundle } from '../../core/signing/verify-bundle.ts';
import { safetensors, sparseSource } from '../scanning/support.ts';
import { memoryPlane, sha256 } from '../support/memory-plane.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { claimed, FILES, manifestFor, PREFIX, putManifest } from '../support/upload.ts';

const SIZE = 5e9;
const WEIGHTS = 'model.safetensors';

/** The first bytes of a file of `SIZE` bytes, of which the rest would be weights. */
const header = () => {
  const framed = (data: number) => safetensors({ layer: { dtype: 'U8', shape: [data], data_offsets: [0, data] } });
  // Ten digits either way, so the header is as long.
  return framed(SIZE - framed(SIZE - 1_000).length);
};

/** A bucket where the object is only as real as its header: what would be read from S3 is counted instead. */
const planeWithLargeObject = () => {
  const plane = memoryPlane();
  const head = header();
  const taken: Record<string, number> = {};
  const count = (step: string, bytes: number) => {
    taken[step] = (taken[step] ?? 0) + bytes;
  };
  const sizeOf = (path: string, size: number) => (path === WEIGHTS ? SIZE : size);
  const bodies = { ...FILES, [WEIGHTS]: head };
  for (const [path, body] of Object.entries(bodies)) plane.put(`${PREFIX}${path}`, body, { stored: true });
  const manifest = {
    ...manifestFor(),
    files: Object.entries(bodies).map(([path, body]) => ({ path, digest: sha256(body) })),
  };
  const list: typeof plane.uploads.list = async (attempt, atMost) =>
    (await plane.uploads.list(attempt, atMost)).map((file) => ({ ...file, size: sizeOf(file.path, file.size) }));
  const stream: typeof plane.bytes.stream = async (bucket, file) => {
    count('digests', sizeOf(file.key.slice(PREFIX.length), 0));
    return plane.bytes.stream(bucket, file);
  };
  const open = (_bucket: string, file: { path: string; size: number }) => {
    const bytes = file.path === WEIGHTS ? head : Buffer.from(FILES[file.path] ?? JSON.stringify(manifest));
    const source = sparseSource(file.size, [{ at: 0, bytes }]);
    const counted = async (offset: number, length: number) => {
      const part = await source.read(offset, length);
      count('scan', part.length);
      return part;
    };
    return { size: file.size, read: counted };
  };
  const uploads = { ...plane.uploads, list };
  return { ...plane, uploads, bytes: { ...plane.bytes, stream }, open, taken, announced: putManifest(plane, manifest) };
};

test('an object of 5 GB with a stored SHA-256 is taken, digested, scanned and signed with less than 10 MB read', async () => {
  const plane = planeWithLargeObject();
  const signer = p256Signer();
  const attempt = await claimed(plane, plane.announced);

  const { inventory } = await takeInventory(plane)({ attempt, execution: 'execution-1' });
  const input = { attempt, inventory: inventory as never, execution: 'execution-1' };
  const digests = (await digestFiles(plane)(input)).report as never;
  const scanned = await scanAttempt({ ...plane, scan: scanFile, version: '1.0.0' })(input);
  const signed = await signAttempt({ signer, evidence: plane.evidence })({ ...input, digests });

  const report: DigestReport = JSON.parse(plane.evidence.standing.get((digests as { key: string }).key) ?? '');
  const files = report.files.map(({ path, digest }) => ({ name: path, digest }));
  const bundle = plane.evidence.standing.get(signed.bundle.key) ?? '';
  const scans = JSON.parse(plane.evidence.standing.get(scanned.report.key) ?? '').files;
  expect(report.files.find(({ path }) => path === WEIGHTS)).toMatchObject({ source: 'stored', bytesRead: 0 });
  expect(scans).toContainEqual(expect.objectContaining({ path: WEIGHTS, size: SIZE, verdict: 'clean' }));
  expect(verifyBundle({ bundle, publicKeyPem: signer.publicKeyPem, files })).toMatchObject({ outcome: 'valid' });
  expect(plane.taken.scan).toBeGreaterThan(0);
  expect((plane.taken.digests ?? 0) + (plane.taken.scan ?? 0)).toBeLessThan(10e6);
});
