import { describe, expect, test } from 'vitest';
import { omsBundle, omsStatement } from '../../core/signing/oms.ts';
import { resourcesOf } from '../support/signed-model.ts';
import { vectors } from '../support/vectors.ts';

type Bundle = { dsseEnvelope: { payload: string; signatures: [{ sig: string }] } };
const { own } = vectors<{
  own: { files: Record<string, string>; keys: { p256: string }; cases: { name: string; bundle: Bundle }[] };
}>('oms');

const decoded = Object.fromEntries(
  Object.entries(own.files).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]),
);
const accepted = own.cases.find(({ name }) => name === 'files method, name-sorted, compact JSON')?.bundle;

describe('the statement of a model version', () => {
  test('says about the same files what the bundle said that the stock tool accepted', () => {
    const statement = JSON.parse(omsStatement({ name: 'm', resources: resourcesOf(decoded) }));

    const stock = JSON.parse(Buffer.from(accepted?.dsseEnvelope.payload ?? '', 'base64').toString());
    expect(statement.predicate.serialization.ignore_paths).toEqual([
      '.git',
      '.gitattributes',
      '.github',
      '.gitignore',
      'model.sig',
    ]);
    delete statement.predicate.serialization.ignore_paths;
    expect(statement).toEqual(stock);
  });

  test('is the same text in whichever order the files were found', () => {
    const resources = resourcesOf(decoded);

    expect(omsStatement({ name: 'm', resources: resources.toReversed() })).toBe(omsStatement({ name: 'm', resources }));
  });
});

test('a bundle is the Sigstore v0.3 JSON that the stock tool accepted, member by member', () => {
  const bundle = omsBundle({
    payload: Buffer.from(accepted?.dsseEnvelope.payload ?? '', 'base64').toString(),
    signatureDer: Buffer.from(accepted?.dsseEnvelope.signatures[0].sig ?? '', 'base64'),
    publicKeyPem: own.keys.p256,
  });

  expect(JSON.parse(bundle)).toEqual(accepted);
});
