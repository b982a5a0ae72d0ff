import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withSource } from '../../cli/files.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';
import {
  behindRoot,
  contiguous,
  dataspace,
  floats,
  hardLink,
  header,
  linkInfo,
  ROOT,
  superblock,
} from '../support/hdf5.ts';
import { worked } from '../support/worked.ts';
import { concat, op, pickle, safetensors, sparseSource, zip } from './support.ts';

const utf8 = (value: string) => new TextEncoder().encode(value);
const LITTLE = 0x04034b50;
const u32 = (value: number) => [value % 256, (value >>> 8) % 256, (value >>> 16) % 256, value >>> 24];
const u64 = (value: number) => [...u32(value % 2 ** 32), ...u32(Math.floor(value / 2 ** 32))];

/** What of a file is not zeros. */
type Frame = { readonly size: number; readonly parts: readonly { readonly at: number; readonly bytes: Uint8Array }[] };

/** A torch archive of a pickle and storages far larger than 4 GiB, with zip64 records, of which only the frame exists. */
const hugeTorch = (storages: number, storageSize: number): Frame => {
  const content = pickle(op('EMPTY_DICT'));
  const small = zip([{ name: 'm/data.pkl', content }]);
  const header = small.subarray(0, 30 + 'm/data.pkl'.length + content.length);
  const parts = [{ at: 0, bytes: header }];
  const entry = small.subarray(header.length, small.length - 22);
  const directory = [entry];
  let at = header.length;
  for (let i = 0; i < storages; i += 1) {
    const name = utf8(`m/data/${i}`);
    const sizes = concat([1, 0, 16, 0], u64(storageSize), u64(storageSize));
    const lengths = [name.length, 0, sizes.length, 0];
    const saturated = new Uint8Array(8).fill(255);
    const crc = [1, 0, 0, 0];
    const local = concat(u32(LITTLE), [45, 0, 0, 0, 0, 0, 0, 0, 0, 0], crc, saturated, lengths, name, sizes);
    parts.push({ at, bytes: local });
    const extra = concat([1, 0, 24, 0], u64(storageSize), u64(storageSize), u64(at));
    const places = [name.length, 0, extra.length, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    directory.push(
      concat(
        [0x50, 0x4b, 1, 2, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        crc,
        saturated,
        places,
        [255, 255, 255, 255],
        name,
        extra,
      ),
    );
    at += local.length + storageSize;
  }
  const records = concat(...directory);
  const count = storages + 1;
  const end64 = concat(
    [0x50, 0x4b, 6, 6],
    u64(44),
    [45, 0, 45, 0],
    u32(0),
    u32(0),
    u64(count),
    u64(count),
    u64(records.length),
    u64(at),
  );
  const locator = concat([0x50, 0x4b, 6, 7], u32(0), u64(at + records.length), u32(1));
  const end = concat([0x50, 0x4b, 5, 6, 0, 0, 0, 0], [255, 255, 255, 255], new Uint8Array(8).fill(255), [0, 0]);
  const tail = concat(records, end64, locator, end);
  return { size: at + tail.length, parts: [...parts, { at, bytes: tail }] };
};

const hugeSafetensors = (tensors: number, size: number): Frame => {
  const each = size / tensors;
  const header = Object.fromEntries(
    Array.from({ length: tensors }, (_, i) => [
      `layers.${i}.weight`,
      { dtype: 'BF16', shape: [each / 2], data_offsets: [i * each, (i + 1) * each] },
    ]),
  );
  const bytes = safetensors(header);
  return { size: bytes.length + size, parts: [{ at: 0, bytes }] };
};

/** As Keras writes weights: the header of each in front of its numbers. */
const hugeHdf5 = (datasets: number, each: number): Frame => {
  const dataset = (at: number) => header(dataspace(each / 4), floats, contiguous(at, each));
  const size = dataset(0).length;
  const links = (start: number) => [
    linkInfo,
    ...Array.from({ length: datasets }, (_, i) => hardLink(`w${i}`, start + i * (size + each))),
  ];
  const start = behindRoot(links(0));
  const end = start + datasets * (size + each);
  const places = Array.from({ length: datasets }, (_, i) => start + i * (size + each));
  const root = { at: ROOT, bytes: header(...links(start)) };
  const parts = places.map((at) => ({ at, bytes: dataset(at + size) }));
  return { size: end, parts: [{ at: 0, bytes: superblock(end) }, root, ...parts] };
};

const FRAMES: readonly (readonly [what: string, format: string, frame: Frame])[] = [
  ['a safetensors file of 50 GB', 'safetensors', hugeSafetensors(1_000, 50e9)],
  ['a torch archive of 20 GB', 'torch-zip', hugeTorch(4, 5e9)],
  ['a torch archive of 20 GB in 1,000 storages', 'torch-zip', hugeTorch(1_000, 20e6)],
  ['an HDF5 file of 20 GB in 500 datasets', 'hdf5', hugeHdf5(500, 40e6)],
];

describe.each(FRAMES)('%s', (_what, format, { size, parts }) => {
  test('is judged by its header: in less than a second and 10 MB', async () => {
    const [scan, seconds] = await worked(() => scanFile('model', sparseSource(size, parts)));

    expect(scan).toMatchObject({ verdict: 'clean', format, size });
    expect(scan.bytesRead).toBeLessThan(10e6);
    expect(seconds).toBeLessThan(1);
  });

  test('is judged as fast on a disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clearance-huge-'));
    const absolute = join(folder, 'model');
    const file = await open(absolute, 'w');
    await file.truncate(size);
    for (const { at, bytes } of parts) await file.write(bytes, 0, bytes.length, at);
    await file.close();

    const [scan, seconds] = await worked(() =>
      withSource({ path: 'model', absolute, size }, (source) => scanFile('model', source)),
    );

    await rm(folder, { recursive: true });
    expect(scan).toMatchObject({ verdict: 'clean', format });
    expect(scan.bytesRead).toBeLessThan(10e6);
    expect(seconds).toBeLessThan(1);
  });
});
