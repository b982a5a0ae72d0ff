import { describe, expect, test } from 'vitest';
import { concat, op, PAYLOAD, pickle, real, rulesOf, safetensors, scanBytes, zip } from './support.ts';

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

  test('within an archive is followed, down to the depth that is followed', async () => {
    const inside = (content: Uint8Array) => zip([{ name: 'a.zip', content }]);
    const deep = Array.from({ length: 8 }).reduce<Uint8Array>(inside, zip([README]));

    expect(await scanBytes(inside(zip([README])))).toMatchObject({ verdict: 'clean' });
    expect(await scanBytes(inside(zip([{ name: 'x', content: HOSTILE }])))).toMatchObject({ verdict: 'malicious' });
    expect(rulesOf(await scanBytes(deep))).toEqual(['limit.crossed']);
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

describe('a torch archive', () => {
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
});
