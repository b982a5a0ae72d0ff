import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { DigestReport, MANIFEST } from '../../core/intake/contract.ts';
import { hexOf } from '../../core/kernel/digest.ts';
import { ScanReport } from '../../core/scanning/contract.ts';
import { safetensors } from '../scanning/support.ts';
import { control } from '../support/emulator-control.ts';
import { answerOf, evidenceOf, type Plane, shippedModel, upload, withManifest } from '../support/flight.ts';
import { sharedLocalAws } from '../support/local.ts';

const SIZE = 5e9;
const WEIGHTS = 'model.safetensors';

let plane: Plane;
beforeAll(async () => {
  plane = await sharedLocalAws('plain');
});

/** The beginning of a file of `SIZE` bytes, of which the rest is weights, all zero. */
const beginning = (): Uint8Array => {
  const framed = (data: number) => safetensors({ layer: { dtype: 'U8', shape: [data], data_offsets: [0, data] } });
  // Ten digits either way, so the header is as long.
  return framed(SIZE - framed(SIZE - 1_000).length);
};

const digestOfAll = (start: Uint8Array): string => {
  const zeros = new Uint8Array(8 * 1024 ** 2);
  const hash = createHash('sha256').update(start);
  for (let left = SIZE - start.length; left > 0; left -= zeros.length)
    hash.update(left < zeros.length ? zeros.subarray(0, left) : zeros);
  return `sha256:${hash.digest('hex')}`;
};

test('an object of 5 GB with a stored SHA-256 goes from its S3 event to registered and signed with less than 10 MB read of it', async () => {
  const start = beginning();
  const digest = digestOfAll(start);
  const shipped = shippedModel('digits-mlp', '1.0.0');
  const declared = shipped.manifest.files.map((file: { path: string }) =>
    file.path === WEIGHTS ? { path: WEIGHTS, digest, size: SIZE } : file,
  );
  const files = withManifest({ ...shipped.files, [WEIGHTS]: start }, { ...shipped.manifest, files: declared });
  const at = {
    bucket: plane.outputs.ModelBucketName ?? '',
    key: `models/${shipped.model}/${shipped.version}/${WEIGHTS}`,
  };

  await upload(plane, shipped, files, [WEIGHTS]);
  await control(plane, 'stretch', { ...at, size: String(SIZE), sha256: hexOf(digest as never) });
  const others = Object.keys(files).filter((path) => path !== WEIGHTS && path !== MANIFEST);
  const versions = await upload(plane, shipped, files, [...others, MANIFEST], { stored: true });
  const answer = await answerOf(plane, shipped, versions[MANIFEST] ?? '');

  expect(answer).toMatchObject({ outcome: 'registered', reasons: [] });
  const digests = DigestReport.parse(await evidenceOf(plane, answer, 'digests'));
  const { files: scans } = ScanReport.parse(await evidenceOf(plane, answer, 'scan'));
  expect(digests.files.find(({ path }) => path === WEIGHTS)).toMatchObject({
    digest,
    source: 'stored',
    bytesRead: 0,
  });
  expect(scans).toContainEqual(expect.objectContaining({ path: WEIGHTS, size: SIZE, verdict: 'clean' }));
  const served = Number(await control(plane, 'served', at));
  expect(served).toBeGreaterThan(0);
  expect(served).toBeLessThan(10e6);
});
