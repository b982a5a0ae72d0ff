import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from '../../core/scanning/byte-source.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';
import type { ScanLimits } from '../../core/scanning/scan-options.ts';
import {
  concat,
  field,
  int,
  lines,
  op,
  pickle,
  rulesOf,
  safetensors,
  scanBytes,
  stackGlobal,
  text,
  zip,
} from './support.ts';

const repeat = (count: number, part: (i: number) => Uint8Array) =>
  concat(...Array.from({ length: count }, (_, i) => part(i)));
const filled = (count: number, name: string) => new Uint8Array(count).fill(op(name)[0] ?? 0);
const nested = (depth: number): Uint8Array =>
  depth === 0 ? pickle(op('NONE')) : new Uint8Array(gzipSync(nested(depth - 1)));
const member = (i: number) => ({ name: `m/${i}`, content: new TextEncoder().encode('x') });

describe('every limit is a finding, never an exception and never clean', () => {
  const cases: readonly (readonly [keyof ScanLimits, number, Uint8Array])[] = [
    ['bytesRead', 50_000, pickle(op('BINBYTES', [0, 0, 2, 0], new Uint8Array(131_072)))],
    ['reads', 3, pickle(filled(2_000_000, 'NONE'))],
    ['decompressedBytes', 1000, new Uint8Array(gzipSync(new Uint8Array(5000)))],
    ['heldBytes', 1000, new Uint8Array(gzipSync('x'.repeat(5000)))],
    ['depth', 3, nested(5)],
    ['members', 2, zip([member(1), member(2), member(3)])],
    [
      'fields',
      5,
      concat(
        field(1, 9),
        field(8, field(2, 17)),
        field(
          7,
          repeat(9, () => field(1, field(4, 'Add'))),
        ),
      ),
    ],
    ['opcodes', 10, pickle(repeat(20, () => op('NONE')))],
    [
      'memo',
      300,
      pickle(
        op('NONE'),
        repeat(400, () => op('MEMOIZE')),
        repeat(300, (i) => op('LONG_BINPUT', [i % 256, i >> 8, 0, 0])),
      ),
    ],
    ['stack', 300, pickle(repeat(400, () => op('NONE')))],
    ['names', 3, pickle(repeat(9, (i) => stackGlobal('acme', `C${i}`)))],
    ['lineBytes', 1000, pickle(lines('UNICODE', 'x'.repeat(200_000)))],
    ['headerBytes', 10, safetensors({ a: { dtype: 'U8', shape: [0], data_offsets: [0, 0] } })],
  ];

  test.each(cases)('%s', async (name, value, bytes) => {
    const within = await scanBytes(bytes, 'x');
    const beyond = await scanBytes(bytes, 'x', { limits: { [name]: value } });

    expect(rulesOf(within)).not.toContain('limit.crossed');
    expect(rulesOf(beyond)).toContain('limit.crossed');
    expect(beyond.verdict).not.toBe('clean');
  });

  test('the number of findings is bounded, the verdict is not', async () => {
    const bytes = pickle(
      repeat(20, (i) => stackGlobal('acme', `C${i}`)),
      stackGlobal('posix', 'system'),
    );

    const scan = await scanBytes(bytes, 'x', { limits: { findings: 3 } });

    expect(scan.findings).toHaveLength(3);
    expect(scan.verdict).toBe('malicious');
  });
});

describe('bombs', () => {
  test('a far memo index costs nothing', async () => {
    const far = pickle(
      op('NONE'),
      op('LONG_BINPUT', [255, 255, 255, 127]),
      op('POP'),
      op('LONG_BINGET', [255, 255, 255, 127]),
    );
    const before = process.memoryUsage().arrayBuffers;

    const scan = await scanBytes(far);

    expect(scan.verdict).toBe('clean');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  });

  test('a structure that shares itself thirty times over is suspicious', async () => {
    const doubled = concat(op('DUP'), op('DUP'), op('TUPLE2'));

    const scan = await scanBytes(
      pickle(
        op('EMPTY_LIST'),
        repeat(40, () => doubled),
      ),
    );

    expect(rulesOf(scan)).toEqual(['pickle.expansion']);
  });

  test('nesting is as deep as the stack allows, not as deep as ours', async () => {
    const deep = concat(filled(500_000, 'EMPTY_LIST'), filled(499_999, 'APPEND'));

    const scan = await scanBytes(pickle(deep));

    expect(scan.verdict).toBe('clean');
  });
});

test('an error of the source is not a finding', async () => {
  const broken: ByteSource = { size: 10, read: () => Promise.reject(new Error('connection lost')) };

  await expect(scanFile('x', broken)).rejects.toThrow('connection lost');
});

test('an error of the source is not a finding in the middle of a compressed stream either', async () => {
  const packed = new Uint8Array(gzipSync(Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 251))));
  const broken: ByteSource = {
    size: packed.length + 1_000_000,
    read: (at, length) =>
      at < 60_000 || at > packed.length
        ? Promise.resolve(concat(packed.subarray(at, at + length), new Uint8Array(length)).subarray(0, length))
        : Promise.reject(new Error('connection lost')),
  };

  const scan = scanFile('x', broken);

  await expect(scan.then(({ verdict }) => verdict)).resolves.not.toBe('clean');
});

test('bytes read are bytes asked of the source', async () => {
  const bytes = pickle(op('BINBYTES', [0, 0, 16, 0], new Uint8Array(1 << 20)), op('POP'), text('x'), int(1));
  let asked = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: async (offset, length) => {
      asked += length;
      return bytes.subarray(offset, offset + length);
    },
  };

  const scan = await scanFile('x', source);

  expect(scan.bytesRead).toBe(asked);
  expect(asked).toBeLessThan(400_000);
});
