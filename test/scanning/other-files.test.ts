import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { concat, op, PAYLOAD, pickle, real, rulesOf, scanBytes } from './support.ts';

const utf8 = (value: string) => new TextEncoder().encode(value);
const u32be = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const PNG = concat(
  [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
  ...(['IHDR', 'IDAT', 'IEND'] as const).map((name) =>
    concat(u32be(name === 'IHDR' ? 13 : 0), utf8(name), new Uint8Array(name === 'IHDR' ? 13 : 0), u32be(0)),
  ),
);

describe('files that hold no code', () => {
  test.each([
    ['config.json', utf8('{"hidden": 3}'), 'json'],
    ['README.md', utf8('---\nlicense: mit\n---\n# Ümläut\n    import os\n'), 'text'],
    ['data.csv', utf8('column_a,column_b\n1,2\n'), 'text'],
    ['count.csv', utf8('count\nvalue\n3,4\n.'), 'text'],
    ['ctypes.txt', utf8('ctypes\nnumpy\n(ab\n'), 'text'],
    ['MLmodel', utf8('flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n'), 'mlflow-model'],
    ['empty', new Uint8Array(), 'empty'],
    ['plot.png', PNG, 'png'],
    ['plot.jpg', concat([0xff, 0xd8, 0xff, 0xe0, 0, 2], [0xff, 0xd9]), 'jpeg'],
    ['data.csv.gz', new Uint8Array(gzipSync('a,b\n1,2\n')), 'gzip+text'],
  ])('are clean: %s', async (name, bytes, format) => {
    const scan = await scanBytes(bytes, name);

    expect(scan).toMatchObject({ verdict: 'clean', findings: [], format });
  });
});

describe('files that are not clean, whatever they are called', () => {
  const elf = utf8('\x7fELF\x02\x01\x01\0');

  test.each([
    ['a Python file', 'model.py', utf8('x = 1\n'), 'code.script'],
    ['a file that names its interpreter', 'README.md', utf8('#!/bin/sh\ntrue\n'), 'code.script'],
    ['machine code', 'weights.bin', elf, 'code.binary'],
    [
      'YAML that makes Python objects',
      'conda.yaml',
      utf8('x: !!python/object/apply:posix.system [true]\n'),
      'yaml.python-tag',
    ],
    ['an image with something behind it', 'plot.png', concat(PNG, [1]), 'image.malformed'],
    ['half a Parquet file', 'a.parquet', real('frame.parquet').slice(0, -1), 'parquet.malformed'],
    ['the start of an HDF5 file', 'm.h5', concat([0x89], utf8('HDF\r\n'), [0x1a, 10, 0]), 'hdf5.malformed'],
    ['a 7z archive', 'm.bin', concat([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]), 'format.not-supported'],
    ['half an xz stream', 'm.joblib', concat([0xfd], utf8('7zXZ\0\0')), 'compressed.damaged'],
    ['nobody knows what', 'm.bin', Uint8Array.of(1, 2, 3, 0, 255), 'format.unknown'],
    ['text with a zero byte', 'a.txt', utf8('hello\0world'), 'format.unknown'],
  ])('%s', async (_what, name, bytes, rule) => {
    const scan = await scanBytes(bytes, name);

    expect(scan.verdict).not.toBe('clean');
    expect(rulesOf(scan)).toEqual([rule]);
  });

  test('text that is also a pickle of the text protocol', async () => {
    const scan = await scanBytes(utf8("cposix\nsystem\n(S'true'\ntR."), 'notes.txt');

    expect([scan.verdict, scan.format]).toEqual(['malicious', 'pickle']);
  });
});

test('text is judged as the pickle that its name makes of it', async () => {
  const lines = utf8('cantigravity\nabout\n');

  const asText = await scanBytes(lines, 'words.txt');
  const asPickle = await scanBytes(lines, 'model.pkl');

  expect([asText.verdict, asPickle.verdict]).toEqual(['clean', 'malicious']);
});

describe('a compressed file', () => {
  const hostile = pickle(PAYLOAD);

  test.each([
    ['gzip', new Uint8Array(gzipSync(hostile))],
    ['zlib', new Uint8Array(deflateSync(hostile))],
    ['gzip in zlib', new Uint8Array(deflateSync(gzipSync(hostile)))],
  ])('is what it contains: %s', async (_how, bytes) => {
    const scan = await scanBytes(bytes);

    expect(scan.verdict).toBe('malicious');
  });

  test('larger than can be held is followed as far as its pickle goes', async () => {
    const filler = op('BINBYTES', [0, 0, 64, 0], new Uint8Array(64 * 65_536));
    const large = pickle(filler, op('POP'), PAYLOAD);

    const scan = await scanBytes(new Uint8Array(gzipSync(large)), 'x', { limits: { heldBytes: 100_000 } });

    expect([scan.verdict, scan.format]).toEqual(['malicious', 'gzip+pickle']);
  });

  test('that is damaged or continued is not clean', async () => {
    const packed = new Uint8Array(deflateSync(pickle(op('NONE'))));

    const damaged = await scanBytes(packed.slice(0, -4));
    const continued = await scanBytes(concat(packed, [1, 2, 3]));

    expect(rulesOf(damaged)).toContain('compressed.damaged');
    expect(rulesOf(continued)).toContain('compressed.trailing-bytes');
  });
});
