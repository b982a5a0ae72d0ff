import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashAll, reading, walk, withSource } from '../../cli/files.ts';
import { EXIT } from '../../cli/outcome.ts';
import { folderOf, quietly } from './folder.ts';

const everything = () => false;

test('files come in code-point order, with / between folders', async () => {
  using folder = folderOf({ b: '', 'a/z': '', 'a/b/c': '', 'a.txt': '', '\u{1f600}': '', '\uff5e': '' });

  const { files } = await walk(folder.dir, everything);

  expect(files.map(({ path }) => path)).toEqual(['a.txt', 'a/b/c', 'a/z', 'b', '\uff5e', '\u{1f600}']);
});

test('a folder that is left out is not entered', async () => {
  using folder = folderOf({ 'x/deep/file': '', y: '' });

  const { files, leftOut } = await walk(folder.dir, (path) => path === 'x');

  expect([files.map(({ path }) => path), leftOut]).toEqual([['y'], ['x']]);
});

test('every file is hashed whole, larger than a chunk or empty', async () => {
  const large = Buffer.alloc(3 * 1024 ** 2 + 17, 'clearance');
  using folder = folderOf({ large, empty: '' });
  const { files } = await walk(folder.dir, everything);

  const hashed = await hashAll(files, quietly());

  const sha256 = (bytes: string | Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  expect(hashed.map(({ path, digest }) => [path, digest])).toEqual([
    ['empty', sha256('')],
    ['large', sha256(large)],
  ]);
});

test('hashing says how far it is', async () => {
  using folder = folderOf({ large: Buffer.alloc(2 * 1024 ** 2) });
  const { files } = await walk(folder.dir, everything);
  const lines: string[] = [];

  await hashAll(files, { ...quietly(), progress: (line) => lines.push(line) });

  expect(lines.at(-1)).toBe('hashing large (2.0 MiB of 2.0 MiB)');
  expect(lines.length).toBeGreaterThan(1);
});

test('bytes are read by range, fewer where the file ends', async () => {
  using folder = folderOf({ file: '0123456789' });
  const [file] = (await walk(folder.dir, everything)).files;
  if (file === undefined) throw new Error('the file was not found');

  const read = await withSource(file, async (source) => [
    Buffer.from(await source.read(2, 3)).toString(),
    Buffer.from(await source.read(8, 10)).toString(),
    Buffer.from(await source.read(20, 10)).toString(),
  ]);

  expect(read).toEqual(['234', '89', '']);
});

test('a file that cannot be read leaves the question open, and is named', async () => {
  using folder = folderOf({});

  await expect(reading('the/path', readFile(join(folder.dir, 'gone')))).rejects.toMatchObject({
    exitCode: EXIT.unknown,
    reason: { path: 'the/path', found: 'ENOENT' },
  });
});

test('what went wrong elsewhere is not blamed on the file', async () => {
  await expect(reading('the/path', Promise.reject(new TypeError('a mistake of ours')))).rejects.toBeInstanceOf(
    TypeError,
  );
});
