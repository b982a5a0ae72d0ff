import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byCodePoint } from '../../core/kernel/code-point-order.ts';
import { Digest, digestOf } from '../../core/kernel/digest.ts';
import { type Resource, rootDigestOf, sortResources } from '../../core/kernel/root-digest.ts';
import { vectors } from '../support/vectors.ts';

type Case = { name: string; bundle: { dsseEnvelope: { payload: string } } };
type Oms = {
  upstream: { rootDigestSha256: string; files: Record<string, string> };
  own: { files: Record<string, string>; cases: Case[] };
};
const { upstream, own } = vectors<Oms>('oms');

const resourcesOf = (files: Record<string, string>): Resource[] =>
  Object.entries(files).map(([name, base64]) => ({ name, digest: digestOf(Buffer.from(base64, 'base64')) }));

const signedRoot = (name: string): string => {
  const found = own.cases.find((each) => each.name === name);
  return JSON.parse(Buffer.from(found?.bundle.dsseEnvelope.payload ?? '', 'base64').toString()).subject[0].digest
    .sha256;
};

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const resources = fc.uniqueArray(
  fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1 }),
    digest: hex.map((h) => Digest.parse(`sha256:${h}`)),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 20 },
);

describe('the root digest of a model version', () => {
  test('is the one that the reference implementation of OpenSSF Model Signing signed', () => {
    const { 'ignore-me': _ignored, ...signed } = upstream.files;

    expect(rootDigestOf(resourcesOf(signed))).toBe(`sha256:${upstream.rootDigestSha256}`);
  });

  test('is the one of a bundle in code-point order that the stock tool accepted', () => {
    expect(rootDigestOf(resourcesOf(own.files))).toBe(
      `sha256:${signedRoot('files method, name-sorted, compact JSON')}`,
    );
  });

  test('does not depend on the order in which files were found', () => {
    fc.assert(
      fc.property(
        resources.chain((found) =>
          fc.tuple(fc.constant(found), fc.shuffledSubarray(found, { minLength: found.length })),
        ),
        ([found, shuffled]) => {
          expect(rootDigestOf(shuffled)).toBe(rootDigestOf(found));
        },
      ),
    );
  });

  test('changes with the digest of any one file', () => {
    fc.assert(
      fc.property(resources, fc.nat(), hex, (found, index, other) => {
        const changed = found.map((file, i) =>
          i === index % found.length ? { ...file, digest: Digest.parse(`sha256:${other}`) } : file,
        );

        expect(rootDigestOf(changed)).not.toBe(rootDigestOf(found));
      }),
    );
  });

  test('of one file is the hash of its raw digest, not of its text', () => {
    const digest = digestOf('hello');
    const raw = createHash('sha256').update('hello').digest();

    expect(rootDigestOf([{ name: 'a', digest }])).toBe(`sha256:${createHash('sha256').update(raw).digest('hex')}`);
  });
});

describe('names', () => {
  test('are ordered by code point: not by component, not by UTF-16 unit, not by locale', () => {
    const digest = digestOf('');
    const names = ['\u{1f602}', '\ufb33', 'é', 'b', 'a/z', 'a.txt', 'a-b.txt', 'B'];

    const sorted = sortResources(names.map((name) => ({ name, digest }))).map(({ name }) => name);

    expect(sorted).toEqual(['B', 'a-b.txt', 'a.txt', 'a/z', 'b', 'é', '\ufb33', '\u{1f602}']);
  });

  test('are ordered as arrays of code points are', () => {
    const points = (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0);
    const reference = (a: number[], b: number[]): number => {
      const at = a.findIndex((point, i) => point !== b[i]);
      return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
    };
    const text = fc.string({ unit: 'binary', maxLength: 4 });

    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(byCodePoint(a, b))).toBe(Math.sign(reference(points(a), points(b))));
      }),
    );
  });
});
