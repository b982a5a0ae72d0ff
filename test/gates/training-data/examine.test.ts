import { describe, expect, test } from 'vitest';
import { parquetRows } from '../../../core/data-set/parquet-rows.ts';
import type { Row } from '../../../core/data-set/rows.ts';
import { type GateFinding, GateReport, GateRules } from '../../../core/gates/contract.ts';
import { evaluateAttempt } from '../../../core/gates/evaluate-gates.ts';
import { intake } from '../../../core/intake/contract.ts';
import type { Manifest } from '../../../core/intake/manifest.ts';
import { canonicalJson, type Json } from '../../../core/kernel/canonical-json.ts';
import { digestOf } from '../../../core/kernel/digest.ts';
import { readEvidence } from '../../../core/kernel/evidence.ts';
import { UploadChanged } from '../../../core/kernel/failures.ts';
import { anAttempt as attempt } from '../../support/attempt.ts';
import { manifestWith } from '../../support/manifest.ts';
import { memoryEvidence } from '../../support/memory-evidence.ts';
import { asCsv, inBlocks, realDataSet, shuffled, turnedLabels } from '../../support/training-data.ts';

const wine = await realDataSet('wine');
const rows = inBlocks(shuffled(wine.rows, 11), 4);
const flipped = turnedLabels(rows, 'delivery-1');

const asJsonLines = (list: readonly Row[]): string =>
  list
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value) || value])))
    .map((row) => JSON.stringify(row))
    .join('\n');

type Declared = NonNullable<NonNullable<Manifest['training']>['sample']>;
const SAMPLE = { path: 'sample.csv', format: 'csv', label: 'class', block: 'block' } as const;

/** What the gates find in a version that declares this sample, where its file has these bytes. */
const examined = async (
  declared: Partial<Declared> | undefined,
  body: string,
  { tier = [] as string[], pinned = body, gone = false, inventory = true } = {},
) => {
  const evidence = memoryEvidence();
  const manifest = manifestWith((draft) => {
    draft.features = wine.features.map(({ name, type }) => ({ name, type }));
    draft.files = [{ path: 'sample.csv', digest: digestOf(pinned) }];
    Object.assign(draft.training ?? {}, { sample: declared && { ...SAMPLE, ...declared } });
  });
  const keep = (key: string, document: unknown) => {
    evidence.standing.set(key, canonicalJson(document as Json));
    return { key, digest: digestOf(evidence.standing.get(key) ?? '') };
  };
  const files = [{ path: 'sample.csv', key: 'k', versionId: 'v', size: body.length, declared: digestOf(pinned) }];
  const asked: unknown[] = [];
  async function* bytes() {
    yield Buffer.from(body);
  }
  const evaluate = evaluateAttempt({
    evidence,
    rules: GateRules.parse({ trainingData: { requiredTiers: tier, buckets: ['curated'] } }),
    dataSets: {
      uploaded: async (bucket, { versionId }) => {
        if (gone) throw new UploadChanged('gone');
        asked.push({ bucket, versionId });
        return bytes();
      },
      elsewhere: async (address) => {
        asked.push(address);
        return bytes();
      },
      parquetRows,
      buckets: ['curated'],
    },
  });
  const { report } = await evaluate({
    attempt,
    manifest: keep(intake.keys.manifest(attempt), manifest),
    ...(inventory && { inventory: keep(intake.keys.inventory(attempt), { attempt, files, bytes: 1 }) }),
  });
  const { findings } = await readEvidence(evidence, report, GateReport);
  return { asked, kept: evidence.standing, found: findings.filter(({ gate }) => gate.startsWith('training-data.')) };
};

const outcomes = (findings: readonly GateFinding[]) => findings.map(({ gate, outcome }) => `${gate} ${outcome}`);

const PASSED = ['training-data.sample pass', 'training-data.outlier-block pass', 'training-data.label-flip pass'];

describe('F7: a sample of the training data', () => {
  test('is read once, by its pinned version, and passes when its blocks are alike', async () => {
    const { asked, found } = await examined({}, asCsv(rows));

    expect(asked).toEqual([{ bucket: 'models', versionId: 'v' }]);
    expect(outcomes(found)).toEqual(PASSED);
    expect(found[0]).toMatchObject({ message: '178 of 178 rows in 4 blocks were looked at', measured: 178, n: 178 });
  });

  test('with a block of flipped labels fails by what was measured, against what, on how much', async () => {
    const { found } = await examined({}, asCsv(flipped));

    expect(outcomes(found)).toEqual([PASSED[0], PASSED[1], 'training-data.label-flip fail']);
    expect(found[2]).toMatchObject({
      message: expect.stringContaining('of the labels in "delivery-1"'),
      path: '$.training.sample',
      unit: 'share of rows',
      n: 44,
      interval: { confidence: 0.9995 },
    });
    expect(found[2]?.interval?.low).toBeGreaterThan(Number(found[2]?.threshold));
  });

  test('says the same as JSON Lines, where values have types', async () => {
    const { found } = await examined({ format: 'jsonl' }, asJsonLines(flipped));

    expect(found).toEqual((await examined({}, asCsv(flipped))).found);
  });

  test('may lie in a bucket that the stage names, and in no other', async () => {
    const body = asCsv(rows);
    const at = (uri: string) => examined({ path: undefined, uri, digest: digestOf(body) } as never, body);

    expect(await at('s3://curated/wine.csv')).toMatchObject({ asked: [{ bucket: 'curated', key: 'wine.csv' }] });
    expect(await at('s3://elsewhere/wine.csv')).toMatchObject({
      asked: [],
      found: [
        {
          gate: 'training-data.sample',
          outcome: 'fail',
          message:
            'training.sample.uri: found s3://elsewhere/wine.csv; allowed: a file of the upload, as training.sample.path, or an object in one of the buckets curated',
        },
      ],
    });
  });

  test('leaves nothing of a row in the evidence', async () => {
    const { kept } = await examined({}, asCsv(rows));

    const failed = await examined({}, asCsv(flipped));
    const evidence = [...kept.values(), ...failed.kept.values()].join('\n');
    for (const { alcohol, flavanoids, proline } of wine.rows.slice(0, 20))
      for (const value of [`${alcohol},`, `${flavanoids},`, `${proline},`]) expect(evidence).not.toContain(value);
  });

  test('is not asked for, unless the stage asks its tier for one', async () => {
    expect((await examined(undefined, '')).found).toEqual([]);
    expect((await examined(undefined, '', { tier: ['standard'] })).found).toMatchObject([
      { gate: 'training-data.sample', outcome: 'fail', path: '$.training.sample' },
    ]);
  });

  test('has to name its labels where the stage asks for a sample', async () => {
    const { found } = await examined({ label: undefined } as never, asCsv(rows), { tier: ['standard'] });

    expect(found).toMatchObject([
      { outcome: 'fail', message: 'this stage asks tier standard for a sample with labels' },
    ]);
  });

  test('of an upload that began under another release is not guessed at', async () => {
    const { found } = await examined({}, asCsv(rows), { inventory: false });

    expect(found).toMatchObject([{ outcome: 'fail', message: expect.stringContaining('submit again') }]);
  });

  test('whose object version is gone is a failure of the attempt, not a finding', async () => {
    await expect(examined({}, asCsv(rows), { gone: true })).rejects.toThrow(UploadChanged);
  });
});

describe('a sample that cannot be looked at fails, with what is wrong', () => {
  test.each([
    ['no rows', 'alcohol,class,block', {}, 'the data set has no rows'],
    ['no such label', asCsv(rows), { label: 'grape' }, 'no row has a column "grape"'],
    ['no such block', asCsv(rows), { block: 'day' }, 'no row has a column "day"'],
    ['rows of two lengths', 'alcohol,class\n1,2\n3', {}, 'CSV row 3 has 1 fields, the first row has 2'],
    ['too many blocks', asCsv(rows), { block: 'proline' }, 'column "proline" names more than 50 blocks'],
    ['none of the features', 'class,block\na,1\n', {}, 'no row has a value of type number for the feature "alcohol"'],
    [
      'features that are no numbers',
      asCsv(rows.map((row) => ({ ...row, hue: 'red' }))),
      {},
      'no row has a value of type number for the feature "hue"',
    ],
    [
      'a block as long as a letter',
      asCsv(rows.map((row) => ({ ...row, block: 'x'.repeat(201) }))),
      {},
      'column "block" has a text of 201 characters; at most 200',
    ],
    [
      'a label that is a list',
      '{"alcohol":1,"class":[1],"block":1}',
      { format: 'jsonl' },
      'column "class" holds a list or an object where one value is expected',
    ],
    [
      'rows that are all alike',
      asCsv(rows.map((row) => ({ ...rows[0], block: row.block }))),
      {},
      'no feature differs between the rows',
    ],
    [
      'more columns than features can be',
      Array.from({ length: 10_001 }, (_, at) => `c${at}`).join(','),
      {},
      'the first CSV row names 10001 columns; at most 10000',
    ],
  ] as const)('%s', async (_, body, declared, message) => {
    expect((await examined(declared as Partial<Declared>, body)).found).toMatchObject([
      { gate: 'training-data.sample', outcome: 'fail', message },
    ]);
  });

  test('other bytes than those that are pinned', async () => {
    const { found } = await examined({}, asCsv(flipped), { pinned: asCsv(rows) });

    expect(found).toMatchObject([
      { gate: 'training-data.sample', outcome: 'fail', message: expect.stringContaining('the manifest pins sha256:') },
    ]);
  });
});
