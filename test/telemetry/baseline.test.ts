import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataSetUnreadable } from '../../core/data-set/failures.ts';
import { csvRows, jsonLinesRows, type Row } from '../../core/data-set/rows.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { summariseBaseline } from '../../core/telemetry/baseline.ts';
import { Baseline } from '../../core/telemetry/contract.ts';
import { mergeSummaries } from '../../core/telemetry/window.ts';
import { FEATURES, feature, inference, jsonLines, summaryOf } from '../support/inference.ts';

async function* chunked(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const all = async (rows: AsyncIterable<Row>): Promise<Row[]> => {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
};
const options = { digest: digestOf('data'), model: 'credit-risk', features: FEATURES };

describe('CSV', () => {
  test.each([
    ['plain', 'a,b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
    ['without a last line break', 'a,b\n1,2', [{ a: '1', b: '2' }]],
    ['with empty fields', 'a,b\n,\n', [{ a: '', b: '' }]],
    ['with quotes, commas and breaks in quotes', 'a,b\n"x, ""y""","1\r\n2"\n', [{ a: 'x, "y"', b: '1\r\n2' }]],
    ['with a byte order mark and letters of several bytes', '\uFEFFä,b\n€,😀\n', [{ ä: '€', b: '😀' }]],
    [
      'with a column that objects inherit',
      '__proto__,b\n1,2\n',
      [
        Object.fromEntries([
          ['__proto__', '1'],
          ['b', '2'],
        ]),
      ],
    ],
  ])('%s is read', async (_, text, rows) => {
    expect(await all(csvRows(chunked(text)))).toEqual(rows);
  });

  test.each([
    ['a row that is too short', 'a,b\n1\n', 'CSV row 2 has 1 fields'],
    ['a row that is too long', 'a,b\n1,2\n1,2,3\n', 'CSV row 3 has 3 fields'],
    ['an empty line', 'a,b\n\n1,2\n', 'CSV row 2 has 1 fields'],
    ['a quote inside a field', 'a,b\n1"x,2\n', 'CSV row 2 has a quote'],
    ['text after a closing quote', 'a,b\n"1"x,2\n', 'CSV row 2 has text after'],
    ['a quote that stays open', 'a,b\n"1,2\n', 'CSV row 2 has a quote that is not closed'],
    ['a lone carriage return', 'a,b\r1,2\r', 'CSV row 1 has a carriage return'],
    ['a column named twice', 'a,a\n1,2\n', 'a name of its own'],
    ['a column without a name', 'a,\n1,2\n', 'a name of its own'],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0x0a]), 'not UTF-8'],
    ['UTF-8 that ends within a letter', Buffer.from([0x61, 0x0a, 0xc3]), 'not UTF-8'],
  ])('%s is refused', async (_, text, message) => {
    const reading = all(csvRows(chunked(text)));

    await expect(reading).rejects.toThrow(DataSetUnreadable);
    await expect(reading).rejects.toThrow(message);
  });

  test('what a writer that quotes everything writes is read back, however the bytes arrive', async () => {
    const table = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string()), { minLength: 1 });
    const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 50 }), async (rows, size) => {
        const text = ['a,b', ...rows.map((row) => row.map(quoted).join(','))].join('\n');

        const read = await all(csvRows(chunked(text, size)));

        expect(read).toEqual(rows.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});

describe('JSON Lines', () => {
  test.each(['{"a":1}\n{\n', '{"a":1}\n[1]\n', '{"a":1}\nnull'])('%j is refused by line', async (text) => {
    const reading = all(jsonLinesRows(chunked(text)));

    await expect(reading).rejects.toThrow(DataSetUnreadable);
    await expect(reading).rejects.toThrow('line 2');
  });
});

const rows = [
  { age: 42, income: 51_000.5, region: 'north', employer: 'Acme', salary: 4, member: true, prediction: 1, score: 0.9 },
  { age: 17, income: null, region: 'west', employer: 'Bolt', salary: null, member: false, prediction: 0, score: 0.2 },
];
const csv = `age,income,region,employer,salary,member,prediction,score,label
42,51000.5,north,Acme,4,true,1,0.9,x
17,,west,Bolt,,0,0,0.2,y
`;

describe('a baseline', () => {
  test('is counted as traffic is counted', async () => {
    const traffic = jsonLines(
      ...rows.map(({ prediction, score, ...features }) => inference({ features, prediction, score })),
    );
    const hashKey = Buffer.from('key');

    const baseline = await summariseBaseline(rows, { ...options, hashKey }, 'typed');
    const [window] = mergeSummaries(await summaryOf(traffic, {}, { hashKey }));

    expect(baseline.tally.features).toEqual(window?.tally.features);
    expect(baseline.tally.prediction).toEqual(window?.tally.prediction);
    expect(baseline.tally.score).toEqual(window?.tally.score);
    expect(baseline).toMatchObject({ rows: 2, digest: digestOf('data') });
  });

  test('is the same from CSV, from JSON Lines and from the types of Parquet', async () => {
    const events = jsonLines(
      ...rows.map(({ prediction, score, ...features }) => ({ features, prediction, score, label: 1 })),
    );
    const parquet = rows.map((row) => ({ ...row, age: BigInt(row.age) }));

    const typed = await summariseBaseline(rows, options, 'typed');

    expect(await summariseBaseline(csvRows(chunked(csv)), options, 'text')).toEqual(typed);
    expect(await summariseBaseline(jsonLinesRows(chunked(jsonLines(...rows))), options, 'typed')).toEqual(typed);
    expect(await summariseBaseline(jsonLinesRows(chunked(events)), options, 'typed')).toEqual(typed);
    expect(await summariseBaseline(parquet, options, 'typed')).toEqual(typed);
    expect(Baseline.parse(JSON.parse(JSON.stringify(typed)))).toEqual(typed);
  });

  test('takes a time that no date can be for none', async () => {
    const features = [feature('since', 'timestamp')];

    const { tally } = await summariseBaseline([{ since: new Date(Number.NaN) }], { ...options, features }, 'typed');

    expect(Object.fromEntries(tally.features).since).toMatchObject({ nulls: 1, retyped: 0 });
  });

  test.each([
    ['number', '1e3', { values: { count: 1, min: 1000 } }],
    ['number', ' 7 ', { values: { count: 1, min: 7 } }],
    ['number', 'seven', { retyped: 1 }],
    ['number', '0x10', { retyped: 1 }],
    ['boolean', 'TRUE', { categories: { known: [['true', 1]] } }],
    ['boolean', 'constructor', { retyped: 1 }],
    ['category', '0017', { categories: { others: [['0017', 1]] } }],
    ['text', 'seven', { values: { count: 1, min: 5 } }],
    ['timestamp', '2026-11-23T10:00:00Z', { retyped: 0 }],
    ['timestamp', 'yesterday', { retyped: 1 }],
    ['category', '', { nulls: 1 }],
  ] as const)('has as %s what CSV spells %j', async (type, text, counts) => {
    const features = [feature('x', type)];

    const { tally } = await summariseBaseline([{ x: text }], { ...options, features }, 'text');

    expect(tally.features[0]?.[1]).toMatchObject(counts);
  });

  test('without rows is refused', async () => {
    await expect(summariseBaseline(csvRows(chunked('a,b\n')), options, 'text')).rejects.toThrow(DataSetUnreadable);
  });
});
