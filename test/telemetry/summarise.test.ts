import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_LINE } from '../../core/data-set/lines.ts';
import { CaptureLimits } from '../../core/telemetry/capture-limits.ts';
import type { Ledger, Window } from '../../core/telemetry/contract.ts';
import { CaptureUnreadable } from '../../core/telemetry/failures.ts';
import { keyedHash } from '../../core/telemetry/feature-counts.ts';
import { Sketch } from '../../core/telemetry/sketch.ts';
import { summarise } from '../../core/telemetry/summarise.ts';
import { mergeSummaries, windowBytes } from '../../core/telemetry/window.ts';
import { feature, inference, jsonLines, summaryOf } from '../support/inference.ts';

const ledgerOf = async (content: string | Uint8Array): Promise<Ledger> =>
  (await summaryOf(content)).at(-1)?.ledger as Ledger;
const windowsOf = async (content: string): Promise<Window[]> => mergeSummaries(await summaryOf(content));
const onlyWindow = async (content: string): Promise<Window> => {
  const windows = await windowsOf(content);
  expect(windows).toHaveLength(1);
  return windows[0] as Window;
};
const featureOf = (window: Window, name: string) => window.tally.features.find(([own]) => own === name)?.[1];

test('a file is counted per stream and minute', async () => {
  const windows = await windowsOf(
    jsonLines(
      inference(),
      inference({ timestamp: '2026-11-23T11:00:59.999+01:00', status: 'error', error_code: 'timeout', latency: 900 }),
      inference({ timestamp: '2026-11-23T10:01:00Z' }),
      inference({ version: '4' }),
      inference({ deployment: 'shadow' }),
    ),
  );

  expect(windows.map(({ stream, start, tally }) => [stream.version, stream.deployment, start, tally.requests])).toEqual(
    [
      ['3', 'production', '2026-11-23T10:00:00.000Z', 2],
      ['3', 'production', '2026-11-23T10:01:00.000Z', 1],
      ['3', 'shadow', '2026-11-23T10:00:00.000Z', 1],
      ['4', 'production', '2026-11-23T10:00:00.000Z', 1],
    ],
  );
  expect(windows[0]?.tally).toMatchObject({
    errors: 1,
    errorCodes: { others: [['timeout', 1]] },
    latency: { count: 2, min: 12.5, max: 900 },
    segments: { others: [['web', 2]] },
    segmentErrors: { others: [['web', 1]] },
    prediction: { values: { count: 2 } },
  });
});

test.each([
  ['a retyped number', { age: '42' }, 'age', { retyped: 1 }],
  ['a fraction where a whole number is declared', { age: 42.5 }, 'age', { retyped: 1 }],
  ['a number below its minimum', { age: -1 }, 'age', { outOfRange: 1, values: { count: 1 } }],
  ['a number above its maximum', { age: 121 }, 'age', { outOfRange: 1, values: { count: 1 } }],
  ['a category that is not declared', { region: 'west' }, 'region', { newCategory: 1 }],
  ['a number where categories are declared', { region: 5 }, 'region', { retyped: 1 }],
  ['a list where a number is declared', { income: [1] }, 'income', { retyped: 1 }],
  ['a number where a boolean is declared', { member: 1 }, 'member', { retyped: 1 }],
  ['null', { income: null }, 'income', { nulls: 1 }],
  ['NaN as producers write it', { income: 'NaN' }, 'income', { retyped: 0, values: { nonFinite: 1, count: 0 } }],
])('%s is counted as such', async (_, change, name, counts) => {
  const { features } = inference();

  const window = await onlyWindow(jsonLines(inference({ features: { ...features, ...change } })));

  expect(featureOf(window, name)).toMatchObject(counts);
});

test('F2: a renamed feature is one that is missing and one that nobody declared', async () => {
  const { age, ...rest } = inference().features;

  const window = await onlyWindow(jsonLines(inference({ features: { ...rest, age_years: age } })));

  expect(featureOf(window, 'age')).toMatchObject({ missing: 1 });
  expect(window.tally.undeclared.others).toEqual([['age_years', 1]]);
});

test('an optional feature may be absent, and an event may have no features at all', async () => {
  const { income: _, ...rest } = inference().features;

  const window = await onlyWindow(jsonLines(inference({ features: rest }), inference({ features: undefined })));

  expect(featureOf(window, 'income')).toMatchObject({ missing: 0, nulls: 0, retyped: 0 });
  expect(window.tally).toMatchObject({ requests: 2, withFeatures: 1 });
});

test('a feature named like something that every object inherits is missing when it is missing', async () => {
  const { features } = inference();
  const content = jsonLines(inference({ features }), inference({ features: { ...features, constructor: 3 } }));
  const declared = ['age', 'income', 'region', 'employer', 'member', 'constructor'];
  const featuresOf = async () =>
    declared.map(
      (name) => ({ name, type: name === 'constructor' ? 'number' : 'text', required: true, personal: false }) as const,
    );

  const [part] = await summaryOf(content, {}, { featuresOf });

  expect(featureOf(part?.windows[0] as Window, 'constructor')).toMatchObject({ missing: 1, values: { count: 1 } });
});

describe('X1, G2: an event is refused and counted', () => {
  test.each([
    ['no-model', { model: undefined }],
    ['no-version', { version: undefined }],
    ['no-version', { version: null }],
    ['no-model', { model: undefined, version: undefined, latency: -1 }],
    ['invalid-model', { model: 'Credit Risk' }],
    ['no-schema_version', { schema_version: undefined }],
    ['invalid-schema_version', { schema_version: 2 }],
    ['invalid-deployment', { deployment: '../..' }],
    ['invalid-timestamp', { timestamp: '2026-11-23' }],
    ['invalid-timestamp', { timestamp: 1_795_000_000 }],
    ['invalid-latency', { latency: -1 }],
    ['invalid-status', { status: 'OK' }],
    ['invalid-features', { features: [1, 2] }],
    ['timestamp-out-of-range', { timestamp: '2026-11-23T10:10:01Z' }],
    ['timestamp-out-of-range', { timestamp: '2026-11-16T10:04:59Z' }],
    ['unregistered-version', { version: '5' }],
  ])('%s %j', async (reason, change) => {
    const [part] = await summaryOf(jsonLines(inference(), inference(change)));

    expect(part?.ledger).toMatchObject({ lines: 2, events: 1, refused: { [reason]: 1 } });
    expect(part?.windows.map(({ tally }) => tally.requests)).toEqual([1]);
  });

  test('and what nobody registered is named', async () => {
    const ledger = await ledgerOf(jsonLines(inference(), inference({ version: '5' }), inference({ model: 'rogue' })));

    expect(ledger.unregistered.others).toEqual([
      ['credit-risk/5', 1],
      ['rogue/3', 1],
    ]);
  });

  test('but not for members that the schema does not have, nor at the edges of the range of time', async () => {
    const ledger = await ledgerOf(
      jsonLines(
        inference({ host: 'ip-10-0-0-1' }),
        inference({ timestamp: '2026-11-23T10:10:00Z' }),
        inference({ timestamp: '2026-11-17T10:05:00Z' }),
      ),
    );

    expect(ledger).toMatchObject({ events: 3, refused: {} });
  });
});

describe('a broken line is counted and sampled by place and error', () => {
  const SECRET = 'alice@example.com';
  const good = jsonLines(inference());

  test.each([
    ['not JSON', `{"request_id": ${SECRET}}`],
    ['not JSON', `{"request_id": "${SECRET}`],
    ['not a JSON object', `["${SECRET}"]`],
    ['not a JSON object', 'null'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    [`longer than ${LONGEST_LINE} bytes`, `{"x":"${'x'.repeat(LONGEST_LINE)}"}`],
    [`longer than ${LONGEST_LINE} bytes`, `{"x":"${'x'.repeat(3 * LONGEST_LINE)}"}`],
  ])('%s', async (error, line) => {
    const ledger = await ledgerOf(Buffer.concat([Buffer.from(good), Buffer.from(line), Buffer.from(`\n${good}`)]));

    expect(ledger).toMatchObject({ lines: 3, events: 2, broken: { [error]: 1 } });
    expect(ledger.brokenSample).toEqual([{ line: 2, byte: good.length, error }]);
    expect(JSON.stringify(ledger)).not.toContain('alice');
  });

  test('at most ten of them', async () => {
    const ledger = await ledgerOf(`${good}${'{\n'.repeat(5000)}${good}`);

    expect(ledger).toMatchObject({ lines: 5002, events: 2, broken: { 'not JSON': 5000 } });
    expect(ledger.brokenSample).toHaveLength(10);
  });

  test('empty lines and Windows line ends are no lines and no errors', async () => {
    const ledger = await ledgerOf(`\uFEFF${good.replace('\n', '\r\n')}\r\n\n  \n${good.trimEnd()}`);

    expect(ledger).toMatchObject({ lines: 2, events: 2, broken: {} });
  });
});

describe('a file that holds no events is refused', () => {
  test.each([
    ['a gzip file that nobody inflated', gzipSync(Buffer.from(jsonLines(inference()).repeat(1000)))],
    ['a text', Buffer.from('hello\nworld\n')],
    ['lines without end', Buffer.from('no\n'.repeat(1_000_000))],
  ])('%s', async (_, content) => {
    await expect(summaryOf(content)).rejects.toThrow(CaptureUnreadable);
  });

  test('after a thousand lines, so that a large one of another kind is not read to its end', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; read < 1000; read += 1) yield Buffer.from('no\n'.repeat(100));
    }
    const file = { source: { key: 'a', versionId: '1' }, storedAt: new Date(), bytes: endless() };
    const parts = summarise(file, { featuresOf: async () => [], limits: CaptureLimits.parse({}) });

    await expect(parts.next()).rejects.toThrow(CaptureUnreadable);
    expect(read).toBeLessThan(20);
  });

  test('but an empty one is a file without events', async () => {
    expect(await summaryOf('')).toMatchObject([{ part: 0, windows: [], ledger: { lines: 0, events: 0 } }]);
  });
});

describe('G3: personal data does not leave this step', () => {
  const content = jsonLines(inference({ features: { ...inference().features, salary: 51_234.25 } }));

  test('named fields are dropped when there is no key', async () => {
    const window = await onlyWindow(content);

    expect(JSON.stringify(window)).not.toContain('Acme');
    expect(featureOf(window, 'employer')).toEqual({ nulls: 0, missing: 0, retyped: 0, outOfRange: 0, newCategory: 0 });
    expect(featureOf(window, 'salary')).not.toHaveProperty('values');
  });

  test('categories are told apart by a keyed hash, another one for another key, model and feature', async () => {
    const hashed = async (key: string, text = content) => {
      const [part] = await summaryOf(text, {}, { hashKey: Buffer.from(key) });
      const window = part?.windows[0] as Window;
      expect(JSON.stringify(part)).not.toContain('Acme');
      expect(featureOf(window, 'salary')).not.toHaveProperty('values');
      return featureOf(window, 'employer')?.categories?.others[0]?.[0];
    };

    expect(await hashed('key-1')).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(await hashed('key-1')).toBe(await hashed('key-1', content.repeat(2)));
    expect(await hashed('key-2')).not.toBe(await hashed('key-1'));
    const hash = keyedHash(Buffer.from('key'), 'credit-risk');
    const elsewhere = [hash('school', 'Acme'), keyedHash(Buffer.from('key'), 'fraud')('employer', 'Acme')];
    expect(new Set([hash('employer', 'Acme'), ...elsewhere]).size).toBe(3);
  });

  test('the text of a text feature is not kept, only its length', async () => {
    const featuresOf = async () => [{ name: 'note', type: 'text', required: true, personal: false } as const];

    const parts = await summaryOf(jsonLines(inference({ features: { note: 'call Alice' } })), {}, { featuresOf });

    expect(JSON.stringify(parts)).not.toContain('Alice');
    expect(Sketch.of(featureOf(parts[0]?.windows[0] as Window, 'note')?.values as never).max).toBe(10);
  });
});

const event = fc
  .record({
    version: fc.constantFrom('3', '4', '5'),
    deployment: fc.constantFrom('production', 'shadow'),
    minute: fc.integer({ min: 0, max: 9 }),
    status: fc.constantFrom('ok', 'error', 'what'),
    latency: fc.double({ min: 0, max: 1e6, noNaN: true }),
    features: fc.record(
      {
        age: fc.oneof(fc.integer({ min: -3, max: 130 }), fc.constant('42')),
        income: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
        region: fc.constantFrom('north', 'south', 'west'),
        employer: fc.string(),
        other: fc.string(),
      },
      { requiredKeys: [] },
    ),
    prediction: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.constant(null),
      fc.constant([]),
    ),
  })
  .map(({ minute, ...more }) => JSON.stringify(inference({ ...more, timestamp: `2026-11-23T10:0${minute}:30Z` })));
const line = fc.oneof(
  { arbitrary: event, weight: 9 },
  { arbitrary: fc.constantFrom('{', '', 'null', '{"a":1}'), weight: 1 },
);
const file = fc.array(line, { maxLength: 40 }).map((lines) => [JSON.stringify(inference()), ...lines]);

const bytesOf = (windows: readonly Window[]): string[] => windows.map(windowBytes);

describe('whatever the file', () => {
  test('its summary does not depend on how its bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 700 }), async (lines, chunk) => {
        const content = lines.join('\n');

        const whole = await summaryOf(content);
        const inChunks = await summaryOf(content, { chunk });

        expect(inChunks).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  test('cut into two files between any two lines, it gives the same windows byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.nat({ max: 40 }), async (lines, cut) => {
        const first = jsonLines(inference()) + lines.slice(0, cut).join('\n');
        const second = jsonLines(inference()) + lines.slice(cut).join('\n');
        const all = [jsonLines(inference()) + first, lines.slice(cut).join('\n')].join('\n');

        const whole = mergeSummaries(await summaryOf(all));
        const parts = [...(await summaryOf(first, { key: 'first' })), ...(await summaryOf(second, { key: 'second' }))];

        expect(bytesOf(mergeSummaries(parts))).toEqual(bytesOf(whole));
        expect(bytesOf(mergeSummaries(parts.toReversed()))).toEqual(bytesOf(whole));
      }),
      { numRuns: 60 },
    );
  });
});

test('a file that is too large for memory comes in parts, which make the same windows', async () => {
  const content = jsonLines(
    ...Array.from({ length: 5000 }, (_, n) =>
      inference({
        timestamp: `2026-11-23T10:0${n % 6}:00Z`,
        features: { ...inference().features, income: Math.exp((n * 7919) % 300) },
      }),
    ),
  );
  const limits = CaptureLimits.parse({ memoryBytes: 30_000 });

  const whole = await summaryOf(content);
  const parts = await summaryOf(content, {}, { limits });

  expect(whole).toHaveLength(1);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index));
  expect(parts.filter(({ ledger }) => ledger !== undefined)).toEqual([parts.at(-1)]);
  expect(parts.at(-1)?.ledger).toEqual(whole[0]?.ledger);
  expect(bytesOf(mergeSummaries(parts))).toEqual(bytesOf(mergeSummaries(whole)));
});

test('a file of a wide model whose events lie far apart is handed over before it fills the memory', async () => {
  const features = Array.from({ length: 2000 }, (_, n) => feature(`f${n}`, 'number'));
  const values = Object.fromEntries(features.map(({ name }) => [name, 1]));
  const content = jsonLines(
    ...Array.from({ length: 40 }, (_, n) =>
      inference({
        timestamp: new Date(Date.parse('2026-11-23T09:00:00Z') + n * 60_000).toISOString(),
        features: values,
      }),
    ),
  );
  const limits = CaptureLimits.parse({ memoryBytes: 1_000_000 });

  const parts = await summaryOf(content, {}, { limits, featuresOf: async () => features });

  expect(parts.length).toBeGreaterThan(2);
  expect(mergeSummaries(parts)).toHaveLength(40);
});

test('a file that counts up the name of its deployment tells of so many minutes and no more; the rest is counted', async () => {
  const content = jsonLines(
    ...Array.from({ length: 60 }, (_, n) => inference({ deployment: `pod-${n % 20}` })),
    inference({ deployment: 'pod-0' }),
  );
  const limits = CaptureLimits.parse({ minutes: 8, memoryBytes: 1 });

  const parts = await summaryOf(content, {}, { limits });

  expect(mergeSummaries(parts)).toHaveLength(8);
  expect(parts.at(-1)?.ledger).toMatchObject({ lines: 61, events: 25, refused: { 'too-many-minutes': 36 } });
});

test('plain and gzip deliveries of the same lines make the same windows', async () => {
  const content = jsonLines(inference(), inference({ latency: 40 }));

  const plain = mergeSummaries(await summaryOf(content));
  const inflated = mergeSummaries(await summaryOf(gunzipSync(gzipSync(content)), { key: 'captures/a.jsonl.gz' }));

  expect(bytesOf(inflated)).toEqual(bytesOf(plain));
});
