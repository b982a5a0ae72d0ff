import { generateKeyPairSync } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '../../cli/outcome.ts';
import { verify } from '../../cli/verify.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { signFiles } from '../support/signed-model.ts';
import { type Folder, folderOf, quietly } from './folder.ts';

const FILES = { 'manifest.json': '{}', 'weights/model.bin': 'weights' };

const signed = async (files: Readonly<Record<string, string>> = FILES) => {
  const { bundle, publicKeyPem, resources } = await signFiles(files);
  const keys = folderOf({ 'key.pem': publicKeyPem });
  return { bundle, resources, keys, key: join(keys.dir, 'key.pem') };
};

const verifyFolder = ({ dir }: Folder, key: string, bundle?: string) => verify({ dir, key, bundle }, quietly());

test('a folder as it was signed is a yes that names the root', async () => {
  const { bundle, resources, key, keys } = await signed();
  using _ = keys;
  using folder = folderOf({ ...FILES, 'model.sig': bundle });

  const answer = await verifyFolder(folder, key);

  expect(answer.exitCode).toBe(EXIT.yes);
  expect(answer.document).toMatchObject({ outcome: 'yes', root: rootDigestOf(resources), files: 2, reasons: [] });
});

test('every difference is a reason: changed, missing and added files at once', async () => {
  const { bundle, key, keys } = await signed({ ...FILES, 'gone.txt': 'x' });
  using _ = keys;
  using folder = folderOf({ ...FILES, 'manifest.json': '{ }', 'extra.txt': 'x', 'model.sig': bundle });

  const answer = await verifyFolder(folder, key);

  expect(answer.exitCode).toBe(EXIT.no);
  expect(answer.document.reasons.map(({ rule, path }) => [rule, path])).toEqual([
    ['signing.file-missing', 'gone.txt'],
    ['signing.file-changed', 'manifest.json'],
    ['signing.file-unsigned', 'extra.txt'],
  ]);
});

test('the signature of another key is a no', async () => {
  const { bundle, keys } = await signed();
  const other = await signed();
  using _ = keys;
  using __ = other.keys;
  using folder = folderOf({ ...FILES, 'model.sig': bundle });

  const answer = await verifyFolder(folder, other.key);

  expect(answer.exitCode).toBe(EXIT.no);
  expect(answer.document.reasons.map(({ rule }) => rule)).toContain('signing.wrong-signature');
});

test('a folder without a signature is a no', async () => {
  const { key, keys } = await signed();
  using _ = keys;
  using folder = folderOf(FILES);

  const answer = await verifyFolder(folder, key);

  expect(answer.exitCode).toBe(EXIT.no);
  expect(answer.document.reasons.map(({ rule }) => rule)).toEqual(['signing.bundle-missing']);
});

test('the signature may stand elsewhere, also within the folder, and is not a file of the model', async () => {
  const { bundle, key, keys } = await signed();
  using _ = keys;
  using folder = folderOf({ ...FILES, 'other.sig': bundle });

  const answer = await verifyFolder(folder, key, join(folder.dir, 'other.sig'));

  expect(answer.exitCode).toBe(EXIT.yes);
});

test('a symbolic link in place of a signed file is refused, even where it leads to the same bytes', async () => {
  const { bundle, key, keys } = await signed();
  using _ = keys;
  using elsewhere = folderOf({ 'manifest.json': '{}' });
  using folder = folderOf({ 'weights/model.bin': 'weights', 'model.sig': bundle });
  symlinkSync(join(elsewhere.dir, 'manifest.json'), join(folder.dir, 'manifest.json'));

  const answer = await verifyFolder(folder, key);

  expect(answer.exitCode).toBe(EXIT.no);
  expect(answer.document.reasons.map(({ rule }) => rule)).toEqual(['intake.symlink', 'signing.file-missing']);
});

test.each([
  ['no key at all', 'hello'],
  [
    'a private key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
  ['a key of another kind', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })],
])('a file with %s is a wrong call', async (_what, pem) => {
  using folder = folderOf({ ...FILES, 'key.pem': String(pem) });

  await expect(verifyFolder(folder, join(folder.dir, 'key.pem'))).rejects.toMatchObject({
    exitCode: EXIT.usage,
    reason: { path: '--key' },
  });
});
