import { describe, expect, test } from 'vitest';
import { verifyBundle } from '../../core/signing/verify-bundle.ts';
import { resourcesOf } from '../support/signed-model.ts';
import { vectors } from '../support/vectors.ts';

type Files = Record<string, string>;
type Case = { name: string; key: string; bundle: object; model_signing_cli?: string; model_signing_lib?: string };
const { upstream, own } = vectors<{
  upstream: { publicKeyPem: string; files: Files; bundle: object; rootDigestSha256: string };
  own: { files: Files; keys: Record<string, string>; cases: Case[] };
}>('oms');

const filesOf = (files: Files) =>
  resourcesOf(Object.fromEntries(Object.entries(files).map(([name, base64]) => [name, Buffer.from(base64, 'base64')])));

/** The stock tool reads the first signature only; Sigstore asks for exactly one, and cosign would refuse this bundle. */
const STRICTER = ['second junk signature'];

describe('of the bundles that the stock tool was asked about', () => {
  const verifyCase = ({ bundle, key }: Case) =>
    verifyBundle({ bundle: JSON.stringify(bundle), publicKeyPem: own.keys[key] ?? '', files: filesOf(own.files) });
  const stockAccepts = ({ model_signing_cli: cli, model_signing_lib: lib }: Case) => (cli ?? lib)?.startsWith('OK');
  const accepted = own.cases.filter((each) => stockAccepts(each) && !STRICTER.includes(each.name));
  const refused = own.cases.filter((each) => !accepted.includes(each));

  test('all eight are accounted for', () => {
    expect([accepted.length, refused.length]).toEqual([3, 5]);
  });

  test.each(accepted)('it accepted this, and so do we: $name', (each) => {
    expect(verifyCase(each)).toMatchObject({ outcome: 'valid' });
  });

  test.each(refused)('this one we refuse: $name', (each) => {
    expect(verifyCase(each)).toMatchObject({ outcome: 'invalid' });
  });

  test.each([
    ['DER-hash hint', ['signing.other-key']],
    ['second junk signature', ['signing.malformed-bundle']],
    // The signature of a shard bundle holds; it is the method that no stock verifier checks against files.
    ['shards, algorithm=sha256 (OMS spec v1.0 form), shard_size 8', Array(2).fill('signing.malformed-bundle')],
  ])('the reasons against "%s" are the true ones', (name, rules) => {
    const verification = verifyCase(own.cases.find((each) => each.name === name) as Case);

    expect(verification.outcome === 'invalid' && verification.reasons.map(({ rule }) => rule)).toEqual(rules);
  });
});

describe('the bundle that the reference implementation published', () => {
  const verifyUpstream = (files: Files) =>
    verifyBundle({
      bundle: JSON.stringify(upstream.bundle),
      publicKeyPem: upstream.publicKeyPem,
      files: filesOf(files),
    });

  test('is valid, with a file that its signer chose to leave out', () => {
    expect(verifyUpstream(upstream.files)).toEqual({ outcome: 'valid', root: `sha256:${upstream.rootDigestSha256}` });
  });

  test('is valid without that file', () => {
    const { 'ignore-me': _ignored, ...signed } = upstream.files;

    expect(verifyUpstream(signed).outcome).toBe('valid');
  });

  test('is invalid with any other file', () => {
    expect(verifyUpstream({ ...upstream.files, 'ignore-me-not': '' })).toMatchObject({
      outcome: 'invalid',
      reasons: [{ rule: 'signing.file-unsigned', path: 'ignore-me-not' }],
    });
  });
});
