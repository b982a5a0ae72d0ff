import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../core/scanning/byte-source.ts';
import { checksumOf } from '../../core/scanning/hdf5/checksum.ts';
import { Claims } from '../../core/scanning/hdf5/claims.ts';
import { Hdf5File } from '../../core/scanning/hdf5/file.ts';
import { unfiltered } from '../../core/scanning/hdf5/filters.ts';
import { readSuperblock } from '../../core/scanning/hdf5/superblock.ts';
import { Scan } from '../../core/scanning/scan.ts';
import { DEFAULT_LIMITS } from '../../core/scanning/scan-options.ts';
import { hdf5, linkInfo } from '../support/hdf5.ts';
import { concat } from './support.ts';

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

test.each([
  ['', 0xdeadbeef],
  ['Four score and seven years ago', 0x17770551],
])('the checksum of %j is what the author of lookup3 gives', (text, expected) => {
  expect(checksumOf(utf8(text))).toBe(expected);
});

describe('owners of bytes', () => {
  test('may stand side by side in any order', () => {
    const claims = new Claims(10);

    for (const start of [4, 0, 7]) claims.add(start, 3, 'a part');

    expect(() => claims.check()).not.toThrow();
  });

  test('may not share bytes', () => {
    const claims = new Claims(100);

    for (const start of [50, 0, 52]) claims.add(start, 3, 'a part');

    expect(() => claims.check()).toThrow('overlap');
  });

  test('that are larger than the file together are found at once, so that a file is never read twice', () => {
    const claims = new Claims(10);
    claims.add(0, 6, 'a part');

    expect(() => claims.add(0, 6, 'a part')).toThrow('larger');
  });
});

describe('a packed chunk', () => {
  const open = async () => {
    const source = bufferSource(hdf5([linkInfo]));
    const scan = new Scan('x', { ...DEFAULT_LIMITS, heldBytes: 1000 }, new Set());
    return new Hdf5File(scan, { source, member: undefined, superblock: await readSuperblock(source, 0) });
  };
  const SHUFFLE = { id: 2, values: [2] };
  const DEFLATE = { id: 1, values: [9] };
  const CHECKSUM = { id: 3, values: [] };
  const packed = concat(deflateSync(Uint8Array.of(1, 3, 5, 2, 4, 6)), [0, 0, 0, 0]);

  test('is unpacked in reverse, without the filters that were left out', async () => {
    const file = await open();

    const plain = unfiltered(file, { bytes: packed, mask: 0, size: 6 }, [SHUFFLE, DEFLATE, CHECKSUM]);
    const same = unfiltered(file, { bytes: Uint8Array.of(7, 8), mask: 7, size: 6 }, [SHUFFLE, DEFLATE, CHECKSUM]);

    expect([[...plain], [...same]]).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 8],
    ]);
  });

  test('may be no longer than it says, nor than can be held, nor damaged, nor packed by others', async () => {
    const file = await open();
    const bomb = deflateSync(new Uint8Array(900));
    const run = (bytes: Uint8Array, size: number, id = 1) =>
      unfiltered(file, { bytes, mask: 0, size }, [{ id, values: [] }]);

    expect(() => run(bomb, 100)).toThrow('too long');
    expect(() => run(bomb, 5000)).toThrow('heldBytes');
    expect(() => run(Uint8Array.of(1, 2, 3), 100)).toThrow('damaged');
    expect(() => run(bomb, 900, 32_001)).toThrow('32001');
  });
});
