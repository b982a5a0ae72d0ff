import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Door, doorOf } from '../../cli/check-verdict.ts';
import { EXIT } from '../../cli/outcome.ts';
import { verify } from '../../cli/verify.ts';
import { AdmissionQuestion } from '../../core/admission/contract.ts';
import { type Verdict, verdictStatement } from '../../core/admission/verdict.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { signStatement } from '../../core/signing/contract.ts';
import { p256Signer } from '../support/p256-signer.ts';
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

const NAMED = { 'manifest.json': '{"model":"iris","version":"3"}', 'weights/model.bin': 'weights' };

/** A folder as `pull` leaves it, and a verdict about it as `admit` writes it. */
const atTheDoor = async (change: Partial<Verdict> = {}) => {
  const signer = p256Signer();
  const { bundle, resources } = await signFiles(NAMED, signer);
  const at = new Date();
  const statement = verdictStatement({
    question: AdmissionQuestion.parse({
      model: 'iris',
      version: '3',
      environment: 'production',
      target: null,
      step: null,
    }),
    root: rootDigestOf(resources),
    reasons: [],
    stage: 'dev',
    modelBucket: 'models',
    policySet: rootDigestOf(resources),
    rests: [],
    at,
    expiresAt: new Date(at.getTime() + 600_000),
    ...change,
  });
  const folder = folderOf({ ...NAMED, 'model.sig': bundle, 'verdict.json': await signStatement(signer, statement) });
  const keys = folderOf({ 'key.pem': signer.publicKeyPem });
  return {
    dir: folder.dir,
    key: join(keys.dir, 'key.pem'),
    verdict: join(folder.dir, 'verdict.json'),
    [Symbol.dispose]: () => {
      folder[Symbol.dispose]();
      keys[Symbol.dispose]();
    },
  };
};

const rules = ({ document }: Awaited<ReturnType<typeof verify>>) => document.reasons.map(({ rule }) => rule);

test('a verdict that says yes to these files opens the door that it names', async () => {
  using it = await atTheDoor();

  const answer = await verify({ ...it, door: { verdict: it.verdict, environment: 'production' } }, quietly());

  expect([answer.exitCode, rules(answer)]).toEqual([EXIT.yes, []]);
  expect(answer.text).toContain('may run in production');
});

test.each<[string, Partial<Verdict>, Partial<Door>, string]>([
  ['of another environment', {}, { environment: 'staging' }, 'admission.verdict-of-another'],
  ['for no deployment in particular', {}, { deployment: 'iris-eu' }, 'admission.verdict-of-another'],
  ['about other bytes', { root: rootDigestOf([]) }, {}, 'admission.verdict-of-another'],
  ['that is a no', { reasons: [{ rule: 'admission.held', message: 'held' }] }, {}, 'admission.verdict-negative'],
  ['that has expired', { expiresAt: new Date(0) }, {}, 'admission.verdict-expired'],
])('a verdict %s opens nothing', async (_, change, door, rule) => {
  using it = await atTheDoor(change);

  const asked = { verdict: it.verdict, environment: 'production', ...door };
  const answer = await verify({ ...it, door: asked }, quietly());

  expect([answer.exitCode, rules(answer)]).toEqual([EXIT.no, [rule]]);
});

test('a verdict that another key signed opens nothing', async () => {
  using it = await atTheDoor();
  using other = await atTheDoor();

  copyFileSync(other.verdict, it.verdict);
  const answer = await verify({ ...it, door: { verdict: it.verdict, environment: 'production' } }, quietly());

  expect(rules(answer)).toContain('signing.wrong-signature');
});

test('files that are not as signed open nothing, whatever the verdict says', async () => {
  using it = await atTheDoor();
  writeFileSync(join(it.dir, 'weights/model.bin'), 'other');

  const answer = await verify({ ...it, door: { verdict: it.verdict, environment: 'production' } }, quietly());

  expect([answer.exitCode, rules(answer)]).toEqual([EXIT.no, ['signing.file-changed']]);
});

test.each([
  [{ verdict: 'v.json' }, '--env'],
  [{ environment: 'production' }, '--verdict'],
  [{ deployment: 'iris-eu' }, '--verdict'],
])('half a question, %j, is a wrong call', (half, path) => {
  const reason = expect.objectContaining({ path });

  expect(() => doorOf(half)).toThrow(expect.objectContaining({ exitCode: EXIT.usage, reason }) as Error);
});
