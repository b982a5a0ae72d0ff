import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { omsStatement } from '../../core/signing/oms.ts';
import { resourcesOf, signFiles, signPayload } from '../support/signed-model.ts';
import {
  bundle,
  type Document,
  edited,
  publicKeyPem,
  reasons,
  resources,
  withBundle,
  withStatement,
} from '../support/verification.ts';
import { worked } from '../support/worked.ts';

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

    const [found, seconds] = await worked(() => reasons({ ...signed, files }));

    expect(found).toEqual([]);
    expect(seconds).toBeLessThan(3);
  });
});
