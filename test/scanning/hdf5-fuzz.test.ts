import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksumOf } from '../../core/scanning/hdf5/checksum.ts';
import { RULES } from '../../core/scanning/rules.ts';
import { le } from '../support/hdf5.ts';
import { hostileHdf5, hostileHdf5Names, real, scanBytes } from './support.ts';

const MICROSECONDS = 1e6;

/** A verdict with known rules, in less than a second of this thread's own time. */
const expectAnswer = async (bytes: Uint8Array): Promise<void> => {
  const before = process.threadCpuUsage();

  const scan = await scanBytes(bytes);

  const { user, system } = process.threadCpuUsage(before);
  expect(user + system).toBeLessThan(MICROSECONDS);
  expect(scan.findings.every(({ rule }) => rule in RULES)).toBe(true);
  expect(scan.verdict === 'clean').toBe(scan.findings.length === 0);
};

type Edit = { readonly at: number; readonly value: readonly number[] };

/** Bytes, and lengths or addresses of the sizes that HDF5 has, small, large and near the size of the file. */
const edits = (size: number) => {
  const number = fc.oneof(fc.nat(64), fc.nat(size), fc.constantFrom(size - 1, size + 1, 2 ** 16 - 1, 2 ** 31, 2 ** 53));
  const field = fc.tuple(number, fc.constantFrom(2, 4, 8)).map(([value, width]) => le(value, width));
  const byte = fc.nat(255).map((value) => [value]);
  return fc.array(fc.record({ at: fc.nat(size - 9), value: fc.oneof(byte, field, fc.constant(le(2 ** 64, 8))) }), {
    minLength: 1,
    maxLength: 4,
  });
};

const edited = (bytes: Uint8Array, changes: readonly Edit[]): Uint8Array => {
  const copy = bytes.slice();
  for (const { at, value } of changes) copy.set(value, at);
  return copy;
};

/** What checksums of the newer structures cover: whatever has a right one behind it. */
const sealed = (bytes: Uint8Array): { start: number; end: number }[] => {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = Buffer.from(bytes).toString('latin1');
  const found: { start: number; end: number }[] = [];
  for (const match of text.matchAll(/OHDR|OCHK|FRHP|BTHD|BTLF|BTIN|FHIB|\x89HDF/g)) {
    const start = match.index;
    for (let end = start + 8; end < Math.min(bytes.length - 4, start + 1024); end += 1)
      if (data.getUint32(end, true) === checksumOf(bytes.subarray(start, end))) found.push({ start, end });
  }
  return found;
};

const NEW = real('structures-latest.h5');
const SEALS = sealed(NEW);

test('the newer structures are found', () => {
  expect(SEALS.length).toBeGreaterThan(20);
});

/** Of the clock, on a machine that does other things. */
const PATIENCE = { timeout: 120_000 };

describe('any edit of an HDF5 file gets an answer', PATIENCE, () => {
  test.each(['structures.h5', 'keras-model.h5', 'frame.h5'])('%s', async (name) => {
    const bytes = real(name);
    const changed = edits(bytes.length).map((changes) => edited(bytes, changes));

    await fc.assert(fc.asyncProperty(changed, expectAnswer), { numRuns: 150 });
  });

  test('structures-latest.h5 with the checksums made right again', async () => {
    const changed = edits(NEW.length).map((changes) => {
      const copy = edited(NEW, changes);
      for (const { start, end } of SEALS) copy.set(le(checksumOf(copy.subarray(start, end)), 4), end);
      return copy;
    });

    await fc.assert(fc.asyncProperty(changed, expectAnswer), { numRuns: 300 });
  });

  test.each(hostileHdf5Names())('hostile: %s', async (name) => {
    const bytes = hostileHdf5(name);
    const changed = edits(bytes.length).map((changes) => edited(bytes, changes));

    await fc.assert(fc.asyncProperty(changed, expectAnswer), { numRuns: 30 });
  });
});
