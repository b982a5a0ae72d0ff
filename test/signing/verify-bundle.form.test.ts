import { describe, expect, test } from 'vitest';
import { digestOf } from '../../core/kernel/digest.ts';
import { omsStatement } from '../../core/signing/oms.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { resourcesOf, signFiles, signPayload } from '../support/signed-model.ts';
import {
  bundle,
  type Document,
  edited,
  reasons,
  resources,
  withBundle,
  withStatement,
} from '../support/verification.ts';

describe('a bundle', () => {
  test.each<[string, (document: Document) => void]>([
    ['without a transparency log', (b) => delete b.verificationMaterial.tlogEntries],
    ['without a key id', (b) => delete b.dsseEnvelope.signatures[0].keyid],
    [
      'with a key id of null',
      (b) => {
        b.dsseEnvelope.signatures[0].keyid = null;
      },
    ],
    ['without a hint, which only says which key to try', (b) => delete b.verificationMaterial.publicKey.hint],
    [
      'with an empty hint',
      (b) => {
        b.verificationMaterial.publicKey.hint = '';
      },
    ],
  ])('is valid %s', (_what, edit) => {
    expect(withBundle(edit)).toEqual([]);
  });

  test('without a hint still needs the key that signed it', () => {
    const anonymous = edited(bundle, (b) => delete b.verificationMaterial.publicKey.hint);
    const other = p256Signer().publicKeyPem;

    expect(reasons({ bundle: anonymous, publicKeyPem: other, files: resources })).toEqual([
      'signing.wrong-signature $.dsseEnvelope.signatures[0].sig',
    ]);
  });

  test.each<[string, (document: Document) => void, string]>([
    [
      'of another media type',
      (b) => {
        b.mediaType = b.mediaType.replace('0.3', '0.2');
      },
      '$.mediaType',
    ],
    ['with a second signature', (b) => b.dsseEnvelope.signatures.push({ sig: 'AA==' }), '$.dsseEnvelope.signatures'],
    [
      'without a signature',
      (b) => {
        b.dsseEnvelope.signatures = [];
      },
      '$.dsseEnvelope.signatures',
    ],
    [
      'of another payload type',
      (b) => {
        b.dsseEnvelope.payloadType = 'text/plain';
      },
      '$.dsseEnvelope.payloadType',
    ],
    ['with a log entry', (b) => b.verificationMaterial.tlogEntries.push({}), '$.verificationMaterial.tlogEntries'],
    [
      'with a certificate',
      (b) => {
        b.verificationMaterial.x509CertificateChain = {};
      },
      '$.verificationMaterial',
    ],
    [
      'with a member that nobody checks',
      (b) => {
        b.approved = true;
      },
      '$',
    ],
    ['without a key', (b) => delete b.verificationMaterial.publicKey, '$.verificationMaterial.publicKey'],
    [
      'with a payload of two texts',
      (b) => {
        b.dsseEnvelope.payload += '\n';
      },
      '$.dsseEnvelope.payload',
    ],
    [
      'with a payload that is not UTF-8',
      (b) => {
        b.dsseEnvelope.payload = '/w==';
      },
      '$.dsseEnvelope.payload',
    ],
  ])('is refused %s', (_what, edit, path) => {
    expect(withBundle(edit)).toEqual([`signing.malformed-bundle ${path}`]);
  });

  test('is refused with each of its faults', () => {
    const found = withBundle((b) => {
      b.mediaType = 1;
      b.dsseEnvelope.payloadType = null;
      b.dsseEnvelope.signatures.push({});
    });

    expect(found.length).toBeGreaterThanOrEqual(3);
  });

  test('is refused when the key given is none', () => {
    expect(reasons({ bundle, publicKeyPem: '', files: resources })).toEqual(['signing.unusable-key']);
  });
});

describe('a statement that the right key signed is refused', () => {
  test.each<[string, (statement: Document) => void, string]>([
    [
      'of another type',
      (s) => {
        s._type = s._type.replace('v1', 'v0.1');
      },
      'malformed-bundle $.dsseEnvelope.payload._type',
    ],
    [
      'with another predicate',
      (s) => {
        s.predicateType = 'https://model_signing/Digests/v0.1';
      },
      'malformed-bundle $.dsseEnvelope.payload.predicateType',
    ],
    ['about two subjects', (s) => s.subject.push(s.subject[0]), 'malformed-bundle $.dsseEnvelope.payload.subject'],
    [
      'about no file',
      (s) => {
        s.predicate.resources = [];
      },
      'malformed-bundle $.dsseEnvelope.payload.predicate.resources',
    ],
    [
      'with an open predicate',
      (s) => {
        s.predicate.note = 'x';
      },
      'malformed-bundle $.dsseEnvelope.payload.predicate',
    ],
    [
      'with an open serialization',
      (s) => {
        s.predicate.serialization.note = 'x';
      },
      'malformed-bundle $.dsseEnvelope.payload.predicate.serialization',
    ],
    [
      'with upper-case digests',
      (s) => {
        s.predicate.resources[1].digest = s.predicate.resources[1].digest.toUpperCase();
      },
      'malformed-bundle $.dsseEnvelope.payload.predicate.resources[1].digest',
    ],
    [
      'with another hash',
      (s) => {
        s.predicate.resources[0].algorithm = 'blake3';
      },
      'malformed-bundle $.dsseEnvelope.payload.predicate.resources[0].algorithm',
    ],
    [
      'whose root is another',
      (s) => {
        s.subject[0].digest.sha256 = '0'.repeat(64);
      },
      'inconsistent-root $.dsseEnvelope.payload.subject[0].digest.sha256',
    ],
    [
      'whose files are listed in an order that the root is not of',
      (s) => s.predicate.resources.reverse(),
      'inconsistent-root $.dsseEnvelope.payload.subject[0].digest.sha256',
    ],
    ['that leaves everything out', (s) => s.predicate.serialization.ignore_paths.push('.'), 'unsafe-name .'],
  ])('%s', async (_what, edit, expected) => {
    expect(await withStatement(edit)).toEqual([`signing.${expected}`]);
  });

  test.each(['../x', '/etc/passwd', 'a//b', 'a/./b', 'a/../b', 'a/', '.', '..', 'a\u0000b', 'a\nb'])(
    'when it names %j, even if such a file is there',
    async (name) => {
      expect(await withStatement(() => {}, resourcesOf({ [name]: 'x' }))).toEqual([`signing.unsafe-name ${name}`]);
    },
  );

  test('when it names half a character, and the reason can still be written down', async () => {
    const found = await withStatement((s) => {
      s.predicate.resources[2].name = '\ud83d';
    });

    expect(found).toEqual([
      'signing.unsafe-name \ufffd',
      'signing.file-missing \ufffd',
      'signing.file-unsigned sub/vocab.txt',
    ]);
  });

  test('when it names a file twice, with two digests', async () => {
    const twice = [...resources, { name: 'model.bin', digest: digestOf('other') }];
    const signed = await signPayload(omsStatement({ name: '3', resources: twice }));

    expect(reasons({ ...signed, files: resources })).toContain('signing.signed-twice model.bin');
  });

  test('when a path that verifiers pass over is among its files', async () => {
    const signed = await signFiles({ '.git/config': 'x' });

    expect(reasons({ ...signed, files: signed.resources })).toEqual(['signing.file-missing .git/config']);
  });
});
