import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keys } from '../../cli/keys.ts';
import { EXIT } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { verify } from '../../cli/verify.ts';
import type { ListedKey } from '../../core/signing/key-set.ts';
import { active, idOf, keySetOf, NOW, retired, revoked, sealed, type TestSigner } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { signFiles } from '../support/signed-model.ts';
import { type Folder, folderOf, quietly } from './folder.ts';
import { type MemoryBucket, memoryBucket } from './memory-bucket.ts';

const [first, second, root, heir] = [p256Signer(), p256Signer(), p256Signer(), p256Signer()];
const forSets = (signer: TestSigner) => active(signer, { use: 'key-set' });

let bucket: MemoryBucket;
let home: Folder;
beforeEach(() => {
  bucket = memoryBucket();
  home = folderOf({}, 'home');
});
afterEach(() => home[Symbol.dispose]());

const plane = { address: async () => ({ modelBucket: 'models' }) } as Plane;
const file = (name = 'keys.json') => join(home.dir, name);

/** The plane publishes a set: under its number, and as the newest. */
const publish = async (version: number, listed: readonly ListedKey[], ...sealers: TestSigner[]) => {
  const text = Buffer.from(await sealed(keySetOf(listed, { version }), ...sealers));
  bucket.objects.set('keys/key-set.json', text);
  bucket.objects.set(`keys/key-set.${version}.json`, text);
  return text.toString();
};
const run = (request: Parameters<typeof keys>[0] = {}, now = NOW) =>
  keys(request, { plane, bucket: async () => bucket, now: () => now });

describe('the key set of a plane', () => {
  test('is printed key by key, with the advice to compare the one that seals', async () => {
    await publish(3, [revoked(first), active(second), forSets(root)], root);

    const { exitCode, document, text } = await run();

    expect(exitCode).toBe(EXIT.yes);
    expect(document).toMatchObject({ outcome: 'yes', by: 'its source', keySet: { version: 3 } });
    expect(text.split('\n')).toEqual([
      '✓ key set 3 of urn:clearance:stage:dev, to go by until 2026-12-31T00:00:00.000Z',
      `  revoked  signing    ${idOf(first)}  revoked 2026-06-01T00:00:00.000Z: somebody used it who must not`,
      `  active   signing    ${idOf(second)}  since 2026-01-01T00:00:00.000Z`,
      `  active   key-set    ${idOf(root)}  since 2026-01-01T00:00:00.000Z`,
      expect.stringContaining('KeySetRootKeyId'),
    ]);
  });

  test('is believed by the id of the key that seals it, and by no other', async () => {
    await publish(1, [active(first), forSets(root)], root);

    expect(await run({ root: idOf(root) })).toMatchObject({ exitCode: EXIT.yes, document: { by: 'the key named' } });
    expect(await run({ root: idOf(heir) })).toMatchObject({
      exitCode: EXIT.no,
      document: { reasons: [{ rule: 'signing.key-set-untrusted' }] },
    });
  });

  test('is kept, and brought up to date only by one that follows on it', async () => {
    const text = await publish(1, [active(first), forSets(root)], root);
    await run({ out: file() });
    expect(readFileSync(file(), 'utf8')).toBe(text);

    const newer = await publish(2, [retired(first), active(second), forSets(root)], root);
    expect(await run({ out: file() })).toMatchObject({ exitCode: EXIT.yes, document: { by: 'the set before' } });
    expect(readFileSync(file(), 'utf8')).toBe(newer);

    await publish(1, [active(first), forSets(root)], root);
    expect(await run({ out: file() })).toMatchObject({ exitCode: EXIT.no });
    await publish(3, [active(first), forSets(heir)], heir);
    expect(await run({ out: file() })).toMatchObject({ exitCode: EXIT.no });
    expect(readFileSync(file(), 'utf8')).toBe(newer);
  });

  test('is followed through hand-overs that happened while one was away', async () => {
    await publish(1, [active(first), forSets(root)], root);
    await run({ out: file() });
    const old = retired(root, { use: 'key-set' });
    await publish(2, [active(first), forSets(root), forSets(heir)], root, heir);
    const newest = await publish(3, [active(first), old, forSets(heir)], heir);

    expect(await run({ out: file() })).toMatchObject({ exitCode: EXIT.yes, document: { keySet: { version: 3 } } });
    expect(readFileSync(file(), 'utf8')).toBe(newest);
  });

  test('is not followed where a set in between is missing, or another than the plane sealed', async () => {
    await publish(1, [active(first), forSets(root)], root);
    await run({ out: file() });
    await publish(2, [active(first), retired(root, { use: 'key-set' }), forSets(heir)], heir);
    await publish(3, [active(first), retired(root, { use: 'key-set' }), forSets(heir)], heir);

    expect(await run({ out: file() })).toMatchObject({ exitCode: EXIT.no });
    bucket.objects.delete('keys/key-set.2.json');
    expect(await run({ out: file() })).toMatchObject({ exitCode: EXIT.no });
  });

  test('is taken from a copy without asking the plane', async () => {
    writeFileSync(file('copy'), await publish(1, [active(first), forSets(root)], root));
    const silent = { address: () => Promise.reject(new Error('was asked')) } as unknown as Plane;
    const ports = { plane: silent, bucket: async () => bucket, now: () => NOW };

    expect(await keys({ from: file('copy'), root: idOf(root) }, ports)).toMatchObject({ exitCode: EXIT.yes });
  });

  test('is refused when it has expired', async () => {
    await publish(1, [active(first), forSets(root)], root);

    expect(await run({}, new Date('2027-01-01'))).toMatchObject({
      exitCode: EXIT.no,
      document: { reasons: [{ rule: 'signing.key-set-expired' }] },
    });
  });

  test('that is not there leaves the question open, and a file of another kind is left alone', async () => {
    await expect(run()).rejects.toMatchObject({ exitCode: EXIT.unknown });
    await publish(1, [active(first), forSets(root)], root);
    writeFileSync(file(), 'my notes');

    await expect(run({ out: file() })).rejects.toMatchObject({ exitCode: EXIT.usage });
    expect(readFileSync(file(), 'utf8')).toBe('my notes');
  });
});

describe('verifying a folder by a key set', () => {
  const FILES = { 'manifest.json': '{}', 'weights.bin': 'weights' };
  const FOREVER = { expiresAt: '2999-01-01T00:00:00.000Z' };

  const verified = async (listed: readonly ListedKey[], about: object = FOREVER, expiredKeys = false) => {
    const { bundle } = await signFiles(FILES, first);
    using folder = folderOf({ ...FILES, 'model.sig': bundle });
    writeFileSync(file(), await sealed(keySetOf([...listed, forSets(root)], about), root));
    return await verify({ dir: folder.dir, keys: file(), expiredKeys }, quietly());
  };

  test('says yes for a key that was replaced since, and which set and key that rests on', async () => {
    expect(await verified([retired(first), active(second)])).toMatchObject({
      exitCode: EXIT.yes,
      document: { key: idOf(first), keySet: { plane: 'urn:clearance:stage:dev', version: 1 } },
    });
  });

  test('says no for a key that was revoked, with the reason', async () => {
    const { exitCode, text } = await verified([revoked(first), active(second)]);

    expect(exitCode).toBe(EXIT.no);
    expect(text).toContain('the key was revoked on 2026-06-01T00:00:00.000Z: somebody used it who must not');
  });

  test('cannot tell by a set that has expired, unless that is asked for', async () => {
    const stale = { expiresAt: '2026-02-01T00:00:00.000Z' };

    await expect(verified([active(first)], stale)).rejects.toMatchObject({ exitCode: EXIT.unknown });
    expect(await verified([active(first)], stale, true)).toMatchObject({ exitCode: EXIT.yes });
  });

  test.each([
    ['neither a key nor a set', {}, '--key'],
    ['both', { key: 'a', keys: 'b' }, '--keys'],
    ['a file that holds no set', { keys: import.meta.filename }, '--keys'],
  ])('is misused with %s', async (_what, choice, path) => {
    await expect(verify({ dir: home.dir, ...choice }, quietly())).rejects.toMatchObject({
      exitCode: EXIT.usage,
      reason: { path },
    });
  });
});
