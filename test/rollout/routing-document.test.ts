import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../core/kernel/digest.ts';
import { VersionId } from '../../core/kernel/identity.ts';
import { TargetUnusable } from '../../core/rollout/failures.ts';
import { backendOf, documentOf, standingIn } from '../../core/rollout/routed-split.ts';
import { type RoutingDocument, readRoutingDocument, route, WHOLE } from '../../core/rollout/routing-document.ts';
import { routingDocumentSchema } from '../../core/rollout/routing-document-schema.ts';
import { binomialRange } from '../support/binomial.ts';

const published = JSON.parse(
  readFileSync(new URL('../../schemas/routing-document.v1.schema.json', import.meta.url), 'utf8'),
);

const one = { version: VersionId.parse('1.0.0'), root: digestOf('the bytes of version 1') };
const two = { version: VersionId.parse('2.0.0'), root: digestOf('the bytes of version 2') };
const ids = { baseline: `1.0.0@${one.root}`, candidate: `2.0.0@${two.root}` };
const about = { model: 'fraud', sequence: 7, stamp: 'clearance rollout r1 intent 3' };

const splitAt = (weight: number, canary = two): RoutingDocument =>
  readRoutingDocument(
    JSON.stringify({
      schema_version: 1,
      ...about,
      versions: [
        { ...one, weight: WHOLE - weight },
        { ...canary, weight },
      ],
    }),
  );

const weights = fc.integer({ min: 1, max: WHOLE - 1 });
const keys = fc.string({ unit: 'grapheme' });

describe('a routing key', () => {
  test('has one answer, whoever asks and however often', () => {
    fc.assert(
      fc.property(weights, keys, (weight, key) => {
        const again = readRoutingDocument(JSON.stringify(splitAt(weight)));

        expect(route(again, key)).toEqual(route(splitAt(weight), key));
      }),
    );
  });

  test('moves to the new version at most once while its share rises, and never back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(weights, { minLength: 2, maxLength: 12 }), keys, (rising, key) => {
        const answers = rising.toSorted((a, b) => a - b).map((weight) => route(splitAt(weight), key).version);

        expect(answers.toSorted()).toEqual(answers);
      }),
    );
  });

  test('stays where it was when only the share of others is cut', () => {
    fc.assert(
      fc.property(weights, weights, keys, (a, b, key) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(route(splitAt(low), key).version === '2.0.0');

        expect(route(splitAt(high), key).version).toBe('2.0.0');
      }),
    );
  });

  test('is not among the first for every version that is ever rolled out', () => {
    const three = { version: VersionId.parse('3.0.0'), root: digestOf('the bytes of version 3') };
    const first = Array.from({ length: 20_000 }, (_, n) => `user-${n}`).filter(
      (key) => route(splitAt(100_000), key).version === '2.0.0',
    );

    const again = first.filter((key) => route(splitAt(100_000, three), key).version === '3.0.0').length;

    const [low, high] = binomialRange(first.length, 0.1, 1e-6);
    expect(again).toBeGreaterThanOrEqual(low);
    expect(again).toBeLessThanOrEqual(high);
  });

  const rows = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8').matchAll(
    /^\| (?:`(.+)`|the empty key) \| (\d+) \|$/gm,
  );

  test.each([...rows].map(([, key = '', point]) => [key, Number(point)] as const))(
    '%j moves exactly when the weight passes the point that the documentation gives for it, %i',
    (key, point) => {
      const answers = [point, point + 1].map((weight) => route(splitAt(weight), key).version);

      expect(answers).toEqual(['1.0.0', '2.0.0']);
    },
  );
});

test.each([1, 1_000, 10_000, 100_000, 500_000, 999_999])(
  'of 40,000 keys, as many go to the new version at weight %i as exact binomial bounds allow',
  (weight) => {
    const tried = Array.from({ length: 40_000 }, (_, n) => `session-${n}`);

    const moved = tried.filter((key) => route(splitAt(weight), key).version === '2.0.0').length;

    const [low, high] = binomialRange(tried.length, weight / WHOLE, 1e-6);
    expect(moved).toBeGreaterThanOrEqual(low);
    expect(moved).toBeLessThanOrEqual(high);
  },
);

describe('a document', () => {
  const good = splitAt(100_000);
  const [first, second] = good.versions;

  test('is what the published schema describes', () => {
    const validate = new Ajv2020({ strict: true }).compile(published);

    expect(routingDocumentSchema()).toEqual(published);
    expect(validate(good)).toBe(true);
    expect(validate({ ...good, sequence: 0 })).toBe(false);
  });

  test.each<[string, unknown, RegExp]>([
    ['of another schema version', { ...good, schema_version: 2 }, /\$\.schema_version: found 2; /],
    ['of no model', { ...good, model: 'Fraud!' }, /\$\.model: found "Fraud!"; expected 1 to 63 lower-case/],
    ['with weights that do not add up', { ...good, versions: [first] }, /\$\.versions: .*add up to 1000000/],
    [
      'with half a request',
      { ...good, versions: [{ ...first, weight: 0.5 }, second] },
      /\$\.versions\.0\.weight: found 0\.5/,
    ],
    ['without versions', { ...good, versions: [] }, /\$\.versions: found \[\]; /],
    ['with three versions', { ...good, versions: [first, second, first] }, /\$\.versions: /],
    [
      'with one version twice',
      {
        ...good,
        versions: [
          { ...one, weight: 1 },
          { ...one, weight: WHOLE - 1 },
        ],
      },
      /\$\.versions: .*stands in it once/,
    ],
    ['with a member that nobody reads', { ...good, wieghts: 1 }, /\$: .*wieghts/],
    ['that is text', 'route to 2', /\$: found "route to 2"/],
    ['that is empty', null, /\$: found null/],
  ])('%s is refused, and the refusal says where', (_, document, said) => {
    expect(() => readRoutingDocument(JSON.stringify(document))).toThrow(said);
  });

  test('that is no JSON is refused by its first characters', () => {
    expect(() => readRoutingDocument('<html>')).toThrow(/found "<html>"/);
  });
});

describe('a split', () => {
  const { baseline, candidate } = ids;

  test('that is written down is the split that is found', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const written = documentOf({ baseline, candidate, share }, about);

        const { primary, canary } = standingIn(readRoutingDocument(JSON.stringify(written)), 'r');

        const found = canary?.share ?? (primary.id === candidate ? 1 : 0);
        expect(Math.abs(found - share)).toBeLessThanOrEqual(1e-6);
        expect(found === 0).toBe(share === 0);
        expect(found === 1).toBe(share === 1);
      }),
    );
  });

  test('of everything or nothing names one version', () => {
    const all = documentOf({ baseline, candidate, share: 1 }, about);
    const none = documentOf({ baseline, candidate, share: 0 }, about);

    expect(all.versions).toEqual([{ ...two, weight: WHOLE }]);
    expect(none.versions).toEqual([{ ...one, weight: WHOLE }]);
  });

  test('carries stamp and roots to whoever looks', () => {
    const standing = standingIn(documentOf({ baseline, candidate, share: 0.2 }, about), 'r9');

    expect(standing).toEqual({
      primary: backendOf('fraud', one),
      canary: { backend: { id: candidate, model: 'fraud', ...two }, share: 0.2 },
      stamp: about.stamp,
      revision: 'r9',
    });
  });

  test.each(['2.0.0', '2.0.0@sha256:abc', `@${two.root}`, ''])('to %j is refused: it names no bytes', (unknown) => {
    expect(() => documentOf({ baseline, candidate: unknown, share: 0.5 }, about)).toThrow(TargetUnusable);
  });
});
