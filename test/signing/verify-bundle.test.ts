import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../core/kernel/canonical-json.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { Reason } from '../../core/kernel/reason.ts';
import { rootDigestOf } from '../../core/kernel/root-digest.ts';
import { omsStatement } from '../../core/signing/oms.ts';
import { type VerificationRequest, verifyBundle } from '../../core/signing/verify-bundle.ts';
import { p256Signer } from '../support/p256-signer.ts';
import { resourcesOf, signFiles, signPayload } from '../support/signed-model.ts';

const FILES = { 'manifest.json': '{"model":"iris"}', 'model.bin': 'weights', 'sub/vocab.txt': '' };
const { bundle, publicKeyPem, resources } = await signFiles(FILES);

/** Rule and path of every reason; none means that the bundle is valid. */
const reasons = (request: VerificationRequest): string[] => {
  const verification = verifyBundle(request);
  if (verification.outcome === 'valid') return [];
  for (const reason of verification.reasons) {
    expect(Reason.parse(reason)).toEqual(reason);
    expect(() => canonicalJson(reason)).not.toThrow();
  }
  return verification.reasons.map(({ rule, path }) => `${rule} ${path ?? ''}`.trim());
};

const withFiles = (files: Record<string, string>) => reasons({ bundle, publicKeyPem, files: resourcesOf(files) });

// biome-ignore lint/suspicious/noExplicitAny: tests reach into documents of any shape
type Document = any;

const edited = (text: string, edit: (document: Document) => void): string => {
  const document = JSON.parse(text);
  edit(document);
  return JSON.stringify(document);
};
const withBundle = (edit: (document: Document) => void) =>
  reasons({ bundle: edited(bundle, edit), publicKeyPem, files: resources });

/** A statement that was really signed, but should not have been. */
const withStatement = async (edit: (statement: Document) => void, files = resources) => {
  const signed = await signPayload(edited(omsStatement({ name: '3', resources: files }), edit));
  return reasons({ ...signed, files });
};

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

describe('a hostile bundle', () => {
  const TEN_THOUSAND = 10_000;
  test.each([
    ['is no JSON', '{'],
    ['is empty', ''],
    ['is a number', '7'],
    ['is null', 'null'],
    ['starts with a byte order mark', `\ufeff${bundle}`],
    ['nests without end', `${'['.repeat(TEN_THOUSAND)}${']'.repeat(TEN_THOUSAND)}`],
    ['never ends a string', `["${'\\'.repeat(TEN_THOUSAND)}`],
    ['is larger than any bundle', `${bundle}${' '.repeat(32 * 1024 ** 2)}`],
  ])('that %s is refused', (_what, text) => {
    expect(reasons({ bundle: text, publicKeyPem, files: resources })).toEqual(['signing.malformed-bundle $']);
  });

  test('whose payload nests without end is refused', async () => {
    const signed = await signPayload('['.repeat(TEN_THOUSAND));

    expect(reasons({ ...signed, files: resources })).toEqual(['signing.malformed-bundle $.dsseEnvelope.payload']);
  });

  let deep: unknown[] = [];
  for (let level = 0; level < 40; level += 1) deep = [deep];
  test.each<[string, (statement: Document) => void]>([
    ['nests deeply where nobody looks', (s) => Object.assign(s, { deep })],
    ['hides that behind a backslash', (s) => Object.assign(s, { '\\': deep })],
    ['has more values than any model has files', (s) => Object.assign(s, { many: Array(600_000).fill(0) })],
  ])('whose statement %s is refused, signed or not', async (_what, edit) => {
    expect(await withStatement(edit)).toEqual(['signing.malformed-bundle $.dsseEnvelope.payload']);
  });

  test('whose payload starts with a byte order mark is refused, signed or not', async () => {
    const signed = await signPayload(`\ufeff${omsStatement({ name: '3', resources })}`);

    expect(reasons({ ...signed, files: resources })).toEqual(['signing.malformed-bundle $.dsseEnvelope.payload']);
  });

  test('with brackets in a name is an honest one', async () => {
    const signed = await signFiles({ [`${'[{"\\'.repeat(200)}`]: 'x' });

    expect(reasons({ ...signed, files: signed.resources })).toEqual([]);
  });

  test('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(reasons({ bundle: text, publicKeyPem, files: resources })).not.toEqual([]);
        expect(
          withBundle((b) => {
            b.dsseEnvelope.payload = Buffer.from(text).toString('base64');
          }),
        ).not.toEqual([]);
      }),
    );
  });

  test('that passes over very many paths costs no more than it is long', async () => {
    const paths = Array.from({ length: 100_000 }, (_, i) => `p${i}`);
    const files = resourcesOf(Object.fromEntries(Array.from({ length: TEN_THOUSAND }, (_, i) => [`f${i}`, ''])));
    const signed = await signPayload(
      edited(omsStatement({ name: '3', resources: files }), (s) => {
        s.predicate.serialization.ignore_paths = paths;
      }),
    );
    const began = performance.now();

    const found = reasons({ ...signed, files });

    expect(found).toEqual([]);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
