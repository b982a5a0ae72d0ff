import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { attestations } from '../../cli/attestations.ts';
import { EXIT } from '../../cli/outcome.ts';
import type { Plane } from '../../cli/plane.ts';
import { verify } from '../../cli/verify.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { registryApi } from '../../core/registry/api.ts';
import { AttestationKind, signing } from '../../core/signing/contract.ts';
import { attempt, attested, root } from '../support/attested.ts';
import { active, keySetOf, revoked, sealed } from '../support/key-sets.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { type Folder, folderOf, quietly } from './folder.ts';
import { type MemoryBucket, memoryBucket } from './memory-bucket.ts';

const KINDS = AttestationKind.options;
const version = await attested();
const { signer, signed, textOf } = version;

let bucket: MemoryBucket;
let home: Folder;
beforeEach(() => {
  bucket = memoryBucket();
  for (const kind of KINDS) bucket.objects.set(placeOf(kind), Buffer.from(textOf(signed.attestations[kind])));
  home = folderOf({ 'key.pem': signer.publicKeyPem }, 'home');
  return () => home[Symbol.dispose]();
});

const placeOf = (kind: AttestationKind): string =>
  signing.keys.publishedAttestation(attempt, kind, signed.attestations[kind]?.digest ?? digestOf(''));

/** The plane as it answers about one version with this evidence. */
const planeWith = (
  evidence: object = Object.fromEntries(KINDS.map((kind) => [`attestation-${kind}`, signed.attestations[kind]])),
) =>
  ({
    address: async () => ({ modelBucket: 'models' }),
    ask: async (route: unknown, names: { version?: string }) => {
      if (route === registryApi.key) return { pem: signer.publicKeyPem, keyArn: 'arn' };
      const registered = { model: attempt.model, version: attempt.version, root, evidence };
      return route === registryApi.status && names.version === '1.4.0' ? { registered } : {};
    },
  }) as unknown as Plane;

const run = (request: object = {}, plane = planeWith()) =>
  attestations({ model: 'fraud', version: '1.4.0', ...request }, { plane, bucket: async () => bucket });

describe('the attestations of a version', () => {
  test('are told in a line each, and kept for other tools', async () => {
    const out = join(home.dir, 'kept');

    const { exitCode, document, text } = await run({ out, key: join(home.dir, 'key.pem') });

    expect(exitCode).toBe(EXIT.yes);
    expect(text.split('\n')).toEqual([
      expect.stringContaining(`fraud 1.4.0, root ${root}`),
      '  scan        clean, 1 files',
      '  gates       PASSED, tier standard',
      '  provenance  4 inputs, as the submitter declared',
    ]);
    expect(readdirSync(out).toSorted()).toEqual(['gates.json', 'provenance.json', 'scan.json']);
    expect(Object.keys(document.attestations)).toEqual(KINDS);
  });

  test('are checked with the keys of the plane where none is named', async () => {
    const setKey = p256Signer();
    const listed = [revoked(signer), active(p256Signer()), active(setKey, { use: 'key-set' })];
    const keys = keySetOf(listed, { expiresAt: '2999-01-01T00:00:00.000Z' });
    bucket.objects.set('keys/key-set.json', Buffer.from(await sealed(keys, setKey)));

    expect(await run()).toMatchObject({ exitCode: EXIT.no, document: { attestations: {}, outcome: 'no' } });
  });

  test('are refused, and not kept, when one is not what was registered', async () => {
    bucket.objects.set(placeOf('scan'), Buffer.from(textOf(signed.attestations.gates)));
    const out = join(home.dir, 'kept');

    const { exitCode, document } = await run({ out });

    expect(exitCode).toBe(EXIT.no);
    expect(document.reasons).toMatchObject([{ rule: 'registry.other-bytes', path: 'attestation-scan' }]);
    expect(readdirSync(home.dir)).toEqual(['key.pem']);
  });

  test('that are hidden leave the question open', async () => {
    bucket.objects.delete(placeOf('gates'));

    await expect(run()).rejects.toMatchObject({ exitCode: EXIT.unknown });
  });

  test('are none for a version from before there were any, and for one that is not registered that is a no', async () => {
    expect(await run({}, planeWith({}))).toMatchObject({ exitCode: EXIT.yes, document: { attestations: {} } });
    expect(await run({ version: '9' })).toMatchObject({ exitCode: EXIT.no, document: { outcome: 'not-registered' } });
  });
});

test('a folder is verified together with what is attested about it, and not with what is attested about another', async () => {
  const other = await attested({ gates: { tier: 'light' } }, signer);
  using folder = folderOf({
    'manifest.json': '{}',
    'model.safetensors': 'weights',
    'model.sig': textOf(signed.bundle),
    'scan.json': textOf(signed.attestations.scan),
  });
  const ours = join(folder.dir, 'scan.json');
  writeFileSync(
    join(home.dir, 'forged.json'),
    other.textOf(other.signed.attestations.gates).replace('"sig":"M', '"sig":"N'),
  );
  const check = (...files: string[]) =>
    verify({ dir: folder.dir, key: join(home.dir, 'key.pem'), attestations: files }, quietly());

  expect(await check(ours)).toMatchObject({
    exitCode: EXIT.yes,
    text: expect.stringContaining('is attested about them'),
  });
  expect(await check(ours, join(home.dir, 'forged.json'))).toMatchObject({
    exitCode: EXIT.no,
    document: { reasons: [{ path: join(home.dir, 'forged.json') }] },
  });
});
