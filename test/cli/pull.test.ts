import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { type PullRequest, pull } from '../../cli/pull.ts';
import { verify } from '../../cli/verify.ts';
import type { Question } from '../../core/kernel/api.ts';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { type FilePage, registryApi } from '../../core/registry/api.ts';
import type { ListedKey } from '../../core/signing/key-set.ts';
import { active, idOf, keySetOf, retired, revoked, sealed, type TestSigner } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { signFiles } from '../support/signed-model.ts';
import { type Folder, folderOf, quietly } from './folder.ts';
import { type MemoryBucket, memoryBucket } from './memory-bucket.ts';

const FILES = { 'manifest.json': '{"a":1}', 'weights/model.bin': 'some weights', empty: '' };
const PREFIX = 'models/fraud/1.4.0/';

let bucket: MemoryBucket;
let pages: FilePage[];
let publicKeyPem: string;
let signer: TestSigner;
let home: Folder;

beforeEach(async () => {
  signer = p256Signer();
  const { bundle, publicKeyPem: pem, resources } = await signFiles(FILES, signer);
  publicKeyPem = pem;
  bucket = memoryBucket();
  for (const [path, text] of Object.entries({ ...FILES, 'model.sig': bundle }))
    bucket.objects.set(`${PREFIX}${path}`, Buffer.from(text));
  const files = Object.entries(FILES).map(([path, text]) => ({
    path,
    key: `${PREFIX}${path}`,
    versionId: `version of ${path}`,
    size: Buffer.byteLength(text),
    digest: digestOf(text),
  }));
  const page = {
    bucket: 'models',
    root: rootDigestOf(resources),
    bundle: { key: `${PREFIX}model.sig`, versionId: 's' },
  };
  pages = [
    { ...page, files: files.slice(0, 2), next: '1' },
    { ...page, files: files.slice(2) },
  ];
  home = folderOf({}, 'home');
  return () => home[Symbol.dispose]();
});

/** The plane as it answers about one registered version. */
const plane = (): Plane =>
  ({
    address: async () => ({
      stage: 'dev',
      region: 'us-east-1',
      apiUrl: 'https://api.example.com',
      modelBucket: 'models',
      eventBus: 'arn:aws:events:eu-central-1:111122223333:event-bus/clearance-dev',
    }),
    ask: async (route: Question, names: { version?: string }, from = '0') => {
      if (route === registryApi.key) return { pem: publicKeyPem, keyArn: 'arn:key' };
      return route === registryApi.files && names.version === '1.4.0' ? pages[Number(from)] : undefined;
    },
  }) as Plane;

const target = () => join(home.dir, 'pulled');

const run = (request: Partial<PullRequest> = {}, signal?: AbortSignal) =>
  pull(
    { model: 'fraud', version: '1.4.0', dir: target(), ...request },
    { plane: plane(), bucket: async () => bucket },
    quietly(signal),
  );

const nothingStays = () => expect(readdirSync(home.dir)).toEqual([]);

test('the registered files of every page arrive, with the signature, and can be verified offline', async () => {
  const { document, exitCode } = await run();

  writeFileSync(join(home.dir, 'key.pem'), publicKeyPem);
  const verified = await verify({ dir: target(), key: join(home.dir, 'key.pem') }, quietly());

  expect(exitCode).toBe(EXIT.yes);
  expect(document).toMatchObject({ outcome: 'pulled', files: 3, root: pages[0]?.root, key: { from: 'plane' } });
  expect(readFileSync(join(target(), 'weights/model.bin'), 'utf8')).toBe('some weights');
  expect(readdirSync(home.dir).toSorted()).toEqual(['key.pem', 'pulled']);
  expect(verified.document).toMatchObject({ outcome: 'yes', root: pages[0]?.root });
});

describe('by the key set of the plane', () => {
  const show = async (standing: (of: TestSigner) => ListedKey) => {
    const [second, root] = [p256Signer(), p256Signer()];
    const listed = [standing(signer), active(second), active(root, { use: 'key-set' })];
    const keys = keySetOf(listed, { expiresAt: '2999-01-01T00:00:00.000Z' });
    bucket.objects.set('keys/key-set.json', Buffer.from(await sealed(keys, root)));
  };

  test('a version that a replaced key signed arrives, and the answer names that key', async () => {
    await show(retired);

    expect(await run()).toMatchObject({
      exitCode: EXIT.yes,
      document: { outcome: 'pulled', key: { hint: idOf(signer), from: 'plane' } },
    });
  });

  test('a version that a revoked key signed is not kept', async () => {
    await show(revoked);

    const { exitCode, document } = await run();

    expect(exitCode).toBe(EXIT.no);
    expect(document.reasons).toMatchObject([{ rule: 'signing.key-revoked' }]);
    nothingStays();
  });

  test("nothing is asked for while that set is not the plane's own", async () => {
    bucket.objects.set('keys/key-set.json', Buffer.from('{}'));

    await expect(run()).rejects.toMatchObject({ exitCode: EXIT.unknown });
    nothingStays();
  });
});

test('a folder that is there and empty is filled', async () => {
  mkdirSync(target());

  expect((await run()).exitCode).toBe(EXIT.yes);
});

test('a folder with something in it is left alone', async () => {
  mkdirSync(target());
  writeFileSync(join(target(), 'mine'), 'mine');

  await expect(run()).rejects.toMatchObject({ exitCode: EXIT.usage });

  expect(readdirSync(target())).toEqual(['mine']);
});

test('a version that is not registered is a no', async () => {
  const { exitCode, document } = await run({ version: '9' });

  expect([exitCode, document.outcome]).toEqual([EXIT.no, 'not-registered']);
  nothingStays();
});

describe('nothing stays behind', () => {
  test('when a byte is not the registered one', async () => {
    bucket.objects.set(`${PREFIX}manifest.json`, Buffer.from('{"a":2}'));

    const { exitCode, document } = await run();

    expect(exitCode).toBe(EXIT.no);
    expect(document.reasons.map(({ rule, path }) => [rule, path])).toEqual([
      ['registry.other-bytes', 'manifest.json'],
      ['signing.file-changed', 'manifest.json'],
    ]);
    nothingStays();
  });

  test('when the plane vouches for other bytes than the key signed', async () => {
    const other = Buffer.from('{"a":2}');
    bucket.objects.set(`${PREFIX}manifest.json`, other);
    pages = pages.map((page) => ({
      ...page,
      files: page.files.map((file) => (file.path === 'manifest.json' ? { ...file, digest: digestOf(other) } : file)),
    }));

    expect((await run()).document.reasons.map(({ rule }) => rule)).toEqual(['signing.file-changed']);
    nothingStays();
  });

  test('when the signature is about another root than the plane says', async () => {
    pages = pages.map((page) => ({ ...page, root: `sha256:${'0'.repeat(64)}` as Digest }));

    expect((await run()).document.reasons.map(({ rule }) => rule)).toEqual(['registry.other-root']);
    nothingStays();
  });

  test('when the key that the caller trusts is not the key that signed', async () => {
    const other = await signFiles(FILES);
    using keys = folderOf({ 'key.pem': other.publicKeyPem });

    const { exitCode, document } = await run({ key: join(keys.dir, 'key.pem') });

    expect(exitCode).toBe(EXIT.no);
    expect(document.reasons.map(({ rule }) => rule)).toContain('signing.wrong-signature');
    nothingStays();
  });

  test('when an object is gone', async () => {
    bucket.objects.delete(`${PREFIX}weights/model.bin`);

    await expect(run()).rejects.toMatchObject({ exitCode: EXIT.unknown });
    nothingStays();
  });

  test('when it is interrupted', async () => {
    const controller = new AbortController();
    const read = bucket.read;
    bucket.read = (object) => {
      controller.abort();
      return read(object);
    };

    await expect(run({}, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    nothingStays();
  });
});

test.each(['../escape', '/etc/passwd', 'a/../../b', 'C:\\x', '.git/hooks/post-checkout', 'model.sig', 'EMPTY'])(
  'the name %s is refused before a byte is written',
  async (path) => {
    const [first] = pages;
    pages = pages.map((page) => ({ ...page, files: [...page.files] }));
    const file = first?.files[0];
    if (file !== undefined) pages[1]?.files.push({ ...file, path });

    const { exitCode, document } = await run();

    expect(exitCode).toBe(EXIT.no);
    expect(document.reasons).toEqual([expect.objectContaining({ rule: 'intake.name-refused', path })]);
    expect(existsSync(target())).toBe(false);
    nothingStays();
  },
);

test('an object that never ends is not taken in further than it was registered', async () => {
  let given = 0;
  const read = bucket.read;
  bucket.read = (object) =>
    object.key.endsWith('model.bin')
      ? Promise.resolve(
          (async function* () {
            for (;;) {
              given += 1;
              yield Buffer.from('more');
            }
          })(),
        )
      : read(object);

  const { exitCode } = await run();

  expect(exitCode).toBe(EXIT.no);
  expect(given).toBeLessThan(10);
  nothingStays();
});
