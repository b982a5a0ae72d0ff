import { readFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unpackLz4 } from '../../core/scanning/packed/lz4.ts';
import { Damaged, Output, TooLarge } from '../../core/scanning/packed/output.ts';
import { unpackLzmaAlone, unpackXz } from '../../core/scanning/packed/xz.ts';
import { concat, op, PAYLOAD, pickle, rulesOf, scanBytes } from './support.ts';

type Packed = { name: string; verdict: string; base64: string };
const { files } = JSON.parse(readFileSync(new URL('../vectors/scanning/compressed.json', import.meta.url), 'utf8')) as {
  files: Packed[];
};
const bytesOf = ({ base64 }: Packed): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const named = (name: string): Uint8Array => {
  const file = files.find((each) => each.name === name);
  if (file === undefined) throw new Error(`there is no vector ${name}`);
  return bytesOf(file);
};

describe('compressed content is looked at like any other', () => {
  test.each(files)('$name is $verdict', async (file) => {
    const scan = await scanBytes(bytesOf(file));

    expect(scan.verdict, JSON.stringify(scan.findings)).toBe(file.verdict);
  });

  test('in zstd frames too', async () => {
    const [hostile, harmless] = [pickle(PAYLOAD), pickle(op('EMPTY_DICT'))].map((each) => zstdCompressSync(each));

    expect(await scanBytes(new Uint8Array(hostile ?? []))).toMatchObject({
      verdict: 'malicious',
      format: 'zstd+pickle',
    });
    expect(await scanBytes(new Uint8Array(harmless ?? []))).toMatchObject({ verdict: 'clean' });
  });

  test.each(['xz', 'lzma', 'bzip2', 'lz4'])(
    '%s that is cut off is told, and so is what stood before',
    async (format) => {
      const whole = named(`${format} around a pickle that acts`);

      const scan = await scanBytes(whole.subarray(0, -6));

      expect(scan.verdict).not.toBe('clean');
    },
  );

  test('bytes behind the stream are told', async () => {
    const scan = await scanBytes(concat(named('lz4 around a plain pickle'), [1, 2, 3]));

    expect(rulesOf(scan)).toEqual(['compressed.trailing-bytes']);
  });

  test('that gives more than is held ends the look', async () => {
    const bomb = new Uint8Array(zstdCompressSync(new Uint8Array(4_000_000)));

    const scan = await scanBytes(bomb, 'bomb', { limits: { heldBytes: 1_000_000 } });

    expect(scan).toMatchObject({ verdict: 'not-scannable', findings: [{ rule: 'limit.crossed' }] });
  });

  test('within itself again and again ends at the depth that is followed', async () => {
    let bytes = pickle(op('EMPTY_DICT'));
    for (let level = 0; level < 8; level += 1) bytes = new Uint8Array(zstdCompressSync(bytes));

    const scan = await scanBytes(bytes);

    expect(scan).toMatchObject({ verdict: 'not-scannable', findings: [{ rule: 'limit.crossed' }] });
  });
});

describe('an unpacker', () => {
  const unpackers = { xz: unpackXz, lzma: unpackLzmaAlone, lz4: unpackLz4 };

  test.each(Object.entries(unpackers))('of %s ends hostile bytes as damage or within its limit', (format, unpack) => {
    const seed = named(`${format} around a plain pickle`);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = Uint8Array.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const output = new Output(1_000_000);

        try {
          expect(unpack(bytes, output)).toBeLessThanOrEqual(bytes.length);
        } catch (cause) {
          expect(cause instanceof Damaged || cause instanceof TooLarge, String(cause)).toBe(true);
        }
        expect(output.length).toBeLessThanOrEqual(1_000_000);
      }),
      { numRuns: 300 },
    );
  });
});
