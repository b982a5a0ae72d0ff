import { createHash, randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileChunks } from '../../cli/file-chunks.ts';
import { folderOf } from './folder.ts';

const MiB = 1024 ** 2;

const hashOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test.each([0, 1, MiB - 1, MiB, MiB + 1, 3 * MiB + 7])('a file of %i bytes is read whole and in order', async (size) => {
  const bytes = randomFillSync(new Uint8Array(size));
  using folder = folderOf({ 'weights.bin': bytes });

  const hash = await hashOf(fileChunks(join(folder.dir, 'weights.bin'), { size }));

  expect(hash).toBe(sha256(bytes));
});

test('a file that has grown since it was listed is read to its end', async () => {
  const bytes = randomFillSync(new Uint8Array(5000));
  using folder = folderOf({ 'weights.bin': bytes });

  const hash = await hashOf(fileChunks(join(folder.dir, 'weights.bin'), { size: 100 }));

  expect(hash).toBe(sha256(bytes));
});

test('a chunk stays as it is while the caller works on it, however long that takes', async () => {
  const bytes = randomFillSync(new Uint8Array(3 * MiB));
  using folder = folderOf({ 'weights.bin': bytes });
  const kept: string[] = [];

  for await (const chunk of fileChunks(join(folder.dir, 'weights.bin'), { size: bytes.length })) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    kept.push(sha256(chunk));
  }

  expect(kept).toEqual([0, 1, 2].map((index) => sha256(bytes.subarray(index * MiB, (index + 1) * MiB))));
});

test('who gives up is told so at the next chunk', async () => {
  using folder = folderOf({ 'weights.bin': new Uint8Array(2 * MiB) });
  const giveUp = new AbortController();
  const chunks = fileChunks(join(folder.dir, 'weights.bin'), { size: 2 * MiB, signal: giveUp.signal });
  await chunks.next();

  giveUp.abort();

  await expect(chunks.next()).rejects.toThrow('aborted');
});

test('a file that cannot be opened says why', async () => {
  using folder = folderOf({});

  const first = fileChunks(join(folder.dir, 'gone.bin'), { size: 1 }).next();

  await expect(first).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
});
