import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAhead } from '../../core/intake/read-ahead.ts';
import { UploadChanged } from '../../core/kernel/failures.ts';

type Read = (offset: number, length: number) => Promise<Uint8Array>;

const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251);
const fileOf = ({ length }: Uint8Array) => ({ key: 'models/m/1/weights.bin', versionId: 'v1', size: length });
const reading =
  (bytes: Uint8Array): Read =>
  async (offset, length) =>
    bytes.subarray(offset, offset + length);

const taken = async (chunks: AsyncIterable<Uint8Array>) => {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return new Uint8Array(Buffer.concat(parts));
};

test('ranges that arrive in any order are handed on in the order of the object, each byte read once', async () => {
  const anything = { size: fc.nat(200), part: fc.integer({ min: 1, max: 50 }), window: fc.integer({ min: 1, max: 6 }) };
  await fc.assert(
    fc.asyncProperty(fc.record(anything), fc.scheduler(), async ({ size, part, window }, scheduler) => {
      const bytes = bytesOf(size);
      let bytesRead = 0;
      const read = scheduler.scheduleFunction(async (offset: number, length: number) => {
        bytesRead += length;
        return bytes.subarray(offset, offset + length);
      });

      const all = await scheduler.waitFor(taken(readAhead(fileOf(bytes), read, { part, window })));

      expect(all).toEqual(bytes);
      expect(bytesRead).toBe(size);
    }),
    { numRuns: 50 },
  );
});

test('no more ranges than the window are held, however slowly they are taken', async () => {
  const bytes = bytesOf(100);
  let asked = 0;
  const read: Read = async (offset, length) => {
    asked += 1;
    return reading(bytes)(offset, length);
  };
  const ahead: number[] = [];

  let had = 0;
  for await (const _ of readAhead(fileOf(bytes), read, { part: 10, window: 3 })) {
    ahead.push(asked - had);
    had += 1;
  }

  expect(ahead).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 2, 1]);
});

test('a range that broke off or came short is read again, alone', async () => {
  const bytes = bytesOf(40);
  const asked: number[] = [];
  const read: Read = async (offset, length) => {
    asked.push(offset);
    const before = asked.filter((other) => other === offset).length;
    if (offset === 10 && before === 1) throw new Error('socket hang up');
    return reading(bytes)(offset, offset === 20 && before === 1 ? length - 1 : length);
  };

  const all = await taken(readAhead(fileOf(bytes), read, { part: 10, window: 2 }));

  expect(all).toEqual(bytes);
  expect(asked.toSorted((one, other) => one - other)).toEqual([0, 10, 10, 20, 20, 30]);
});

test.each([
  ['shorter', 30],
  ['longer', 50],
])('a version that is %s than it was pinned is refused', async (_, actual) => {
  const bytes = bytesOf(actual);
  const read: Read = async (offset) => bytes.subarray(offset, offset === 30 ? bytes.length : offset + 10);

  const all = taken(readAhead({ ...fileOf(bytes), size: 40 }, read, { part: 10 }));

  await expect(all).rejects.toThrow(UploadChanged);
});

test('a version that is gone is not asked for again', async () => {
  let asked = 0;
  const read: Read = async () => {
    asked += 1;
    throw new UploadChanged('deleted');
  };

  const all = taken(readAhead(fileOf(bytesOf(10)), read));

  await expect(all).rejects.toThrow('deleted');
  expect(asked).toBe(1);
});
