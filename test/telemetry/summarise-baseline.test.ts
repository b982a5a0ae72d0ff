import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataSetUnreadable } from '../../core/data-set/failures.ts';
import { parquetRows } from '../../core/data-set/parquet-rows.ts';
import type { Row } from '../../core/data-set/rows.ts';
import { intake } from '../../core/intake/contract.ts';
import type { Manifest } from '../../core/intake/manifest.ts';
import { canonicalJson, type Json } from '../../core/kernel/canonical-json.ts';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';
import { baselineKey } from '../../core/telemetry/baseline-source.ts';
import { Baseline } from '../../core/telemetry/contract.ts';
import { BaselineRefused, BaselineUnreadable } from '../../core/telemetry/failures.ts';
import { summariseBaseline } from '../../core/telemetry/summarise-baseline.ts';
import { manifestWith } from '../support/manifest.ts';
import { memoryEvidence } from '../support/memory-evidence.ts';

const frame = readFileSync(new URL('../vectors/scanning/real/frame.parquet', import.meta.url));
const CSV = 'amount,country\n12.5,DE\n20,FR\n,DE\n';
const attempt = {
  bucket: 'models',
  model: 'fraud',
  version: '1.4.0',
  id: 'a',
  manifest: 'a',
  look: 0,
  lastLook: false,
};

async function* chunked(bytes: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(bytes);
  for (let at = 0; at < all.length; at += 5) yield all.subarray(at, at + 5);
}
const all = async (rows: AsyncIterable<Row>): Promise<Row[]> => {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
};

/** A version that declares this baseline, where these bytes lie uploaded and elsewhere. */
const versionWith = (baseline: object, { uploaded = CSV as string | Uint8Array, elsewhere = CSV } = {}) => {
  const manifest = manifestWith((draft) => {
    Object.assign(draft, {
      baseline,
      features: [
        { name: 'amount', type: 'number' },
        { name: 'country', type: 'category', personal: true },
      ],
      files: [{ path: 'baseline.csv', digest: digestOf(uploaded) }],
    });
  });
  const evidence = memoryEvidence();
  const keep = (key: string, document: unknown) => {
    evidence.standing.set(key, canonicalJson(document as Json));
    return { key, digest: digestOf(evidence.standing.get(key) ?? '') };
  };
  const file = { path: 'baseline.csv', key: 'k', versionId: 'v', size: 1, declared: digestOf(uploaded) };
  const input = {
    attempt,
    manifest: keep(intake.keys.manifest(attempt), manifest),
    inventory: keep(intake.keys.inventory(attempt), { attempt, files: [file], bytes: 1 }),
  };
  const asked: unknown[] = [];
  const stored = new Map<string, string>();
  const read = (what: unknown, bytes: string | Uint8Array) => {
    asked.push(what);
    return chunked(bytes);
  };
  const summarise = summariseBaseline({
    evidence,
    uploaded: async (bucket, { versionId }) => read({ bucket, versionId }, uploaded),
    elsewhere: async (address) => read(address, elsewhere),
    baselines: { putOnce: async (key, body) => stored.set(key, body) },
    hashKey: async () => Buffer.from('key'),
    parquetRows,
    buckets: ['our-data'],
  });
  return { manifest, asked, stored, run: () => summarise(input as never) };
};

const only = (stored: ReadonlyMap<string, string>, manifest: Manifest): Baseline =>
  Baseline.parse(JSON.parse(stored.get(baselineKey(manifest) ?? '') ?? 'null'));

describe('a baseline is counted', () => {
  test('from the upload, by the pinned version, with personal categories hashed', async () => {
    const { manifest, asked, stored, run } = versionWith({ path: 'baseline.csv', format: 'csv' });

    const answer = await run();
    const { rows, digest, tally } = only(stored, manifest);

    expect(answer).toEqual({ outcome: 'summarised', rows: 3 });
    expect({ rows, digest, asked }).toEqual({
      rows: 3,
      digest: digestOf(CSV),
      asked: [{ bucket: 'models', versionId: 'v' }],
    });
    expect(tally.features[0]?.[1]).toMatchObject({ values: { count: 2, min: 12.5, max: 20 }, nulls: 1 });
    expect([...stored.values()].join()).not.toMatch(/"(?:DE|FR)"/);
  });

  test('from a bucket that the stage allows, pinned by the digest', async () => {
    const baseline = { uri: 's3://our-data/fraud/2026.csv', format: 'csv', digest: digestOf(CSV) };
    const { asked, run } = versionWith(baseline);

    expect(await run()).toMatchObject({ outcome: 'summarised' });
    expect(asked).toEqual([{ bucket: 'our-data', key: 'fraud/2026.csv' }]);
  });

  test('from Parquet', async () => {
    const { manifest, stored, run } = versionWith({ path: 'baseline.csv', format: 'parquet' }, { uploaded: frame });

    await run();

    expect(only(stored, manifest)).toMatchObject({ rows: 4, digest: digestOf(frame) });
    expect(await all(parquetRows(frame))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
  });

  test('apart from that of an attempt that declared other features for the same data', () => {
    const { manifest } = versionWith({ path: 'baseline.csv', format: 'csv' });
    const other = { ...manifest, features: manifest.features?.slice(1) };

    expect(baselineKey(other as Manifest)).not.toBe(baselineKey(manifest));
  });

  test('not where none is declared', async () => {
    const { stored, run } = versionWith(undefined as never);

    expect(await run()).toEqual({ outcome: 'none', rows: 0 });
    expect(stored.size).toBe(0);
  });
});

describe('a baseline is refused', () => {
  test.each(['s3://their-data/fraud.csv', 's3://our-data.evil/fraud.csv', 's3://our-data-2/x.csv'])(
    'at %s, and nothing is asked of it',
    async (uri) => {
      const { asked, run } = versionWith({ uri, format: 'csv', digest: digestOf(CSV) });

      await expect(run()).rejects.toThrow(BaselineRefused);
      await expect(run()).rejects.toThrow(
        `found ${uri}; allowed: a file of the upload, as baseline.path, or an object in one of the buckets our-data`,
      );
      expect(asked).toEqual([]);
    },
  );

  test.each<[string, object, { uploaded?: string; elsewhere?: string }, string]>([
    [
      'that is not the one that was pinned',
      { uri: 's3://our-data/x.csv', format: 'csv', digest: digestOf(CSV) },
      { elsewhere: `${CSV}1,DE\n` },
      'the manifest pins sha256:',
    ],
    ['without rows', { path: 'baseline.csv', format: 'csv' }, { uploaded: 'amount,country\n' }, 'has no rows'],
    ['that is no JSON', { path: 'baseline.csv', format: 'jsonl' }, {}, 'line 1 is not JSON'],
    ['that is no Parquet', { path: 'baseline.csv', format: 'parquet' }, {}, 'the Parquet file cannot be read'],
  ])('%s, and nothing is stored', async (_, baseline, bytes, message) => {
    const { stored, run } = versionWith(baseline, bytes);

    await expect(run()).rejects.toThrow(BaselineUnreadable);
    await expect(run()).rejects.toThrow(message);
    expect(stored.size).toBe(0);
  });
});

test('a damaged Parquet file gives rows or a reason, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: frame.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const damaged = Uint8Array.from(frame);
      damaged[at] = (damaged[at] ?? 0) ^ flip;

      const outcome = await all(parquetRows(damaged)).catch((cause: unknown) => cause);

      expect(Array.isArray(outcome) || outcome instanceof DataSetUnreadable).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const pin: Digest = digestOf(CSV);
test('the digest that pins a baseline is the declared one, or that of its file', () => {
  const keys = [
    { path: 'baseline.csv', format: 'csv' },
    { path: 'baseline.csv', format: 'csv', digest: pin },
  ].map((baseline) => baselineKey(versionWith(baseline).manifest));

  expect(keys[0]).toBe(keys[1]);
});
