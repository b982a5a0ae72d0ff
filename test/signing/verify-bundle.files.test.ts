import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../core/kernel/digest.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { verifyBundle } from '../../core/signing/verify-bundle.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { resourcesOf } from '../support/signed-model.ts';
import { bundle, FILES, publicKeyPem, reasons, resources, withBundle, withFiles } from '../support/verification.ts';

const flip = (bytes: Uint8Array, bit: number): Buffer => {
  const flipped = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % bytes.length;
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit % 8));
  return flipped;
};

describe('the files that were signed', () => {
  test('are accepted, in whatever order they are found', () => {
    const valid = { outcome: 'valid', root: rootDigestOf(resources) };

    expect(verifyBundle({ bundle, publicKeyPem, files: resources })).toEqual(valid);
    expect(verifyBundle({ bundle, publicKeyPem, files: resources.toReversed() })).toEqual(valid);
  });

  test('are accepted beside the signature and what Git keeps, which every verifier passes over', () => {
    expect(withFiles({ ...FILES, 'model.sig': bundle, '.git/HEAD': 'x', '.gitignore': 'x' })).toEqual([]);
  });

  test.each([
    ['one is another', { ...FILES, 'model.bin': 'weightz' }, ['signing.file-changed model.bin']],
    [
      'one is missing',
      { 'manifest.json': FILES['manifest.json'], 'model.bin': 'weights' },
      ['signing.file-missing sub/vocab.txt'],
    ],
    ['one is more', { ...FILES, 'hook.py': 'x' }, ['signing.file-unsigned hook.py']],
    [
      'one is called model.sig, but deeper',
      { ...FILES, 'sub/model.sig': 'x' },
      ['signing.file-unsigned sub/model.sig'],
    ],
    [
      'one is in a folder that looks like Git to the careless',
      { ...FILES, '.gitx/y': 'x' },
      ['signing.file-unsigned .gitx/y'],
    ],
    ['one looks like Git to the careless', { ...FILES, '.gitx': 'x' }, ['signing.file-unsigned .gitx']],
    [
      'two have changed places',
      { ...FILES, 'model.bin': '', 'sub/vocab.txt': 'weights' },
      ['signing.file-changed model.bin', 'signing.file-changed sub/vocab.txt'],
    ],
    [
      'one was moved',
      { 'manifest.json': FILES['manifest.json'], 'model.bin': 'weights', 'vocab.txt': '' },
      ['signing.file-missing sub/vocab.txt', 'signing.file-unsigned vocab.txt'],
    ],
    [
      'all are gone',
      {},
      ['signing.file-missing manifest.json', 'signing.file-missing model.bin', 'signing.file-missing sub/vocab.txt'],
    ],
  ])('are refused when %s', (_what, files, expected) => {
    expect(withFiles(files as Record<string, string>)).toEqual(expected);
  });

  test('are refused when the caller found one of them twice', () => {
    const files = [...resources, { name: 'model.bin', digest: digestOf('weights') }];

    expect(reasons({ bundle, publicKeyPem, files })).toEqual(['signing.file-twice model.bin']);
  });

  test('are compared by what they say: the reason names both digests', () => {
    const verification = verifyBundle({ bundle, publicKeyPem, files: resourcesOf({ ...FILES, 'model.bin': 'other' }) });

    expect(verification).toMatchObject({ reasons: [{ found: digestOf('other'), allowed: digestOf('weights') }] });
  });

  test('are refused with every reason at once, the signature first', () => {
    const other = p256Signer().publicKeyPem;
    const files = resourcesOf({ 'manifest.json': 'x', 'model.bin': 'weights', extra: '' });

    expect(reasons({ bundle, publicKeyPem: other, files })).toEqual([
      'signing.other-key $.verificationMaterial.publicKey.hint',
      'signing.wrong-signature $.dsseEnvelope.signatures[0].sig',
      'signing.file-changed manifest.json',
      'signing.file-missing sub/vocab.txt',
      'signing.file-unsigned extra',
    ]);
  });
});

describe('no change of one bit goes unseen', () => {
  const document = JSON.parse(bundle);
  const payload = Buffer.from(document.dsseEnvelope.payload, 'base64');
  const signature = Buffer.from(document.dsseEnvelope.signatures[0].sig, 'base64');

  test('in a file', () => {
    fc.assert(
      fc.property(fc.constantFrom('manifest.json', 'model.bin'), fc.nat(), (name, bit) => {
        const files = { ...FILES, [name]: flip(Buffer.from(FILES[name as 'model.bin']), bit) };

        expect(reasons({ bundle, publicKeyPem, files: resourcesOf(files) })).toEqual([`signing.file-changed ${name}`]);
      }),
    );
  });

  test('in the payload', () => {
    fc.assert(
      fc.property(fc.nat({ max: payload.length * 8 - 1 }), (bit) => {
        const found = withBundle(({ dsseEnvelope }) => {
          dsseEnvelope.payload = flip(payload, bit).toString('base64');
        });

        expect(found).not.toEqual([]);
      }),
    );
  });

  test('in the signature', () => {
    for (let bit = 0; bit < signature.length * 8; bit += 1) {
      const found = withBundle(({ dsseEnvelope }) => {
        dsseEnvelope.signatures[0].sig = flip(signature, bit).toString('base64');
      });

      expect(found).toEqual(['signing.wrong-signature $.dsseEnvelope.signatures[0].sig']);
    }
  });

  test('and no character of the bundle can be another without a no', () => {
    const free = bundle.indexOf('"keyid":""') + '"keyid":"'.length;
    fc.assert(
      fc.property(fc.nat({ max: bundle.length - 1 }), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
        const character = String.fromCharCode(code);
        fc.pre(character !== bundle[at] && at !== free);
        const changed = `${bundle.slice(0, at)}${character}${bundle.slice(at + 1)}`;

        expect(reasons({ bundle: changed, publicKeyPem, files: resources })).not.toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
