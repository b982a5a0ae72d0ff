import { describe, expect, test } from 'vitest';
import { scanFile } from '../../core/scanning/scan-file.ts';
import {
  concat,
  op,
  PAYLOAD,
  pickle,
  real,
  rulesOf,
  safetensors,
  scanBytes,
  sparseSource,
  text,
  zip,
} from './support.ts';

const utf8 = (value: string) => new TextEncoder().encode(value);
const README = { name: 'm/readme.txt', content: utf8('hello') };
const CLEAN = pickle(op('EMPTY_DICT'));
const HOSTILE = pickle(PAYLOAD);

describe('an archive', () => {
  test('of clean members is clean, stored or deflated', async () => {
    const scan = await scanBytes(
      zip([README, { name: 'm/a.pkl', content: CLEAN, deflate: true }, { name: 'm/b.json', content: utf8('{}') }]),
    );

    expect(scan).toMatchObject({ verdict: 'clean', format: 'zip' });
  });

  test.each(['m/data.pkl', 'm/readme.txt', 'm/weights.bin', 'x'])('hides no pickle under the name %s', async (name) => {
    const scan = await scanBytes(zip([{ name, content: HOSTILE, deflate: true }]));

    expect(scan.verdict).toBe('malicious');
    expect(scan.findings[0]?.member).toBe(name);
  });

  test.each([
    [
      'the header in front of the data has another name',
      zip([{ ...README, local: { name: 'm/other.txt' } }]),
      'zip.name-mismatch',
    ],
    ['the header in front of the data has another size', zip([{ ...README, local: { size: 4 } }]), 'zip.malformed'],
    ['the header in front of the data has other flags', zip([{ ...README, local: { flags: 0x800 } }]), 'zip.malformed'],
    ['a member is flagged as encrypted', zip([{ ...README, flags: 1 }]), 'zip.flags'],
    ['the checksum is wrong', zip([{ ...README, crc: 0 }]), 'zip.crc'],
    ['a name appears twice', zip([README, README]), 'zip.duplicate-name'],
    ['two names differ in case only', zip([README, { ...README, name: 'm/README.txt' }]), 'zip.duplicate-name'],
    ['two members are one', zip([README, { ...README, name: 'm/b.txt', headerAt: 0 }]), 'zip.overlap'],
    ['bytes lie between members and directory', zip([README], { gap: utf8('hidden') }), 'zip.outside-bytes'],
    ['bytes lie behind it', zip([README], { comment: 'hidden' }), 'zip.outside-bytes'],
    ['bytes lie in front of it', concat(utf8('MZ'), zip([README])), 'zip.outside-bytes'],
    ['the directory points elsewhere', zip([{ ...README, headerAt: 7 }]), 'zip.malformed'],
    ['it contains an archive', zip([{ name: 'a.zip', content: zip([README]) }]), 'zip.nested'],
    ['it holds what nobody knows', zip([{ name: 'a', content: Uint8Array.of(1, 2, 0, 255) }]), 'format.unknown'],
    [
      'a member is longer than it says',
      zip([{ ...README, content: new Uint8Array(500), deflate: true, size: 9 }]),
      'zip.bomb',
    ],
    ['a member expands like a bomb', zip([{ ...README, content: new Uint8Array(2e7), deflate: true }]), 'zip.bomb'],
  ])('is not clean if %s', async (_what, bytes, rule) => {
    const scan = await scanBytes(bytes);

    expect(scan.verdict).not.toBe('clean');
    expect(rulesOf(scan)).toContain(rule);
  });

  test.each(['../evil', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\..\\b', 'a//b', 'a\0b'])(
    'that would unpack outside its directory is malicious: %j',
    async (name) => {
      const scan = await scanBytes(zip([{ ...README, name }]));

      expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', ['zip.unsafe-name']]);
    },
  );

  test('is looked into even where its directory lies', async () => {
    const member = { name: 'm/data.pkl', content: HOSTILE };

    for (const twisted of [{ flags: 1 }, { crc: 0 }, { local: { name: 'x' } }])
      expect((await scanBytes(zip([{ ...member, ...twisted }]))).verdict).toBe('malicious');
    expect((await scanBytes(zip([{ name: 'in.zip', content: zip([member]) }]))).verdict).toBe('malicious');
  });

  test('with something in front of it is also what stands there', async () => {
    const scan = await scanBytes(concat(HOSTILE, zip([README])));

    expect(scan.verdict).toBe('malicious');
  });

  test('is not seen in four bytes that happen to stand in a large file', async () => {
    const weights = new Uint8Array(70_000).fill(1);
    weights.set([0x50, 0x4b, 5, 6], 30_000);

    const scan = await scanBytes(
      safetensors({ w: { dtype: 'U8', shape: [70_000], data_offsets: [0, 70_000] } }, weights),
    );

    expect(scan.verdict).toBe('clean');
  });

  test('is cut off wherever: never clean, never an exception', async () => {
    const whole = real('state-dict.pt');

    for (let length = 4; length < whole.length; length += 7)
      expect((await scanBytes(whole.slice(0, length))).verdict, `${length} bytes`).not.toBe('clean');
  });
});

const LITTLE = 0x04034b50;
const u32 = (value: number) => [value % 256, (value >>> 8) % 256, (value >>> 16) % 256, value >>> 24];
const u64 = (value: number) => [...u32(value % 2 ** 32), ...u32(Math.floor(value / 2 ** 32))];

/** A torch archive of a pickle and storages far larger than 4 GiB, with zip64 records, of which only the frame exists. */
const hugeTorch = (storages: number, storageSize: number) => {
  const content = CLEAN;
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
  return sparseSource(at + tail.length, [...parts, { at, bytes: tail }]);
};

describe('a torch archive', () => {
  test('of 20 GB is read in less than a megabyte', async () => {
    const scan = await scanFile('model.pt', hugeTorch(4, 5e9));

    expect(scan).toMatchObject({ verdict: 'clean', format: 'torch-zip' });
    expect(scan.size).toBeGreaterThan(20e9);
    expect(scan.bytesRead).toBeLessThan(1_000_000);
  });

  test('keeps raw numbers that may begin like anything', async () => {
    const storage = { name: 'm/data/0', content: concat([0x80, 2], new Uint8Array(62).fill(7)) };

    const scan = await scanBytes(zip([{ name: 'm/data.pkl', content: CLEAN }, storage]));

    expect(scan.verdict).toBe('clean');
  });

  test('keeps no pickle that acts among its numbers', async () => {
    const storage = { name: 'm/data/0', content: concat(HOSTILE, new Uint8Array(2000)) };

    const scan = await scanBytes(zip([{ name: 'm/data.pkl', content: CLEAN }, storage]));

    expect(rulesOf(scan)).toEqual(['pickle.polyglot']);
  });

  test('with TorchScript code cannot be judged', async () => {
    const code = { name: 'm/code/net.py', content: utf8('def forward(self): pass') };

    const scan = await scanBytes(zip([{ name: 'm/data.pkl', content: pickle(text('x')) }, code]));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['not-scannable', ['torch.script']]);
  });
});
