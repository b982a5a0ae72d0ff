import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CaptureUnreadable } from '../../core/telemetry/failures.ts';
import { plainBytes } from '../../core/telemetry/plain-bytes.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const read = async (bytes: Uint8Array, { size = 7, atMost = 1e6 } = {}): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of plainBytes(inPieces(bytes, size), atMost)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

test('gzip is told by its bytes, in chunks of any size, and what is plain passes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
      fc.pre(bytes[0] !== 0x1f);

      expect(await read(bytes, { size })).toEqual(Buffer.from(bytes));
      expect(await read(gzipSync(bytes), { size })).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 50 },
  );
});

test('several gzip members are one file, as log shippers write it', async () => {
  expect((await read(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))).toString()).toBe('a\nb\n');
});

const whole = gzipSync('x'.repeat(100_000));
test.each([
  ['cut off', whole.subarray(0, whole.length - 9)],
  ['damaged', Buffer.from(whole).fill(0, 20, 30)],
  ['no gzip after two bytes of it', Buffer.from([0x1f, 0x8b, 0x00, 0x00])],
])('a gzip stream that is %s is unreadable', async (_, bytes) => {
  await expect(read(bytes)).rejects.toThrow(CaptureUnreadable);
});

test('a small file that unpacks into a large one ends at the limit', async () => {
  await expect(read(whole, { atMost: 50_000 })).rejects.toThrow('more than 50000 bytes when decompressed');
});

test('a source that fails is not a damaged file', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield whole.subarray(0, 30);
    throw new Error('socket hang up');
  }
  const reading = async () => {
    for await (const chunk of plainBytes(failing(), 1e6)) expect(chunk.length).toBeGreaterThan(0);
  };

  await expect(reading()).rejects.toThrow('socket hang up');
});
