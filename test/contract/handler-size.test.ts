import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { type Built, buildHandlers, entriesOf } from '../../scripts/build.ts';
import { bundleHandler, filesOf } from '../../scripts/bundle-handler.ts';
import { root } from './guards/source.ts';

const KB = 1024;
/** Gzipped JavaScript: all of it, and what is loaded before the first call. */
const BUDGET = { whole: 165 * KB, eager: 40 * KB };

const RECORD = 'all that a rollout remembers is checked by its schema';
const TARGETS = 'a client for each kind of target, of which a call loads one';

/** Handlers that load more, and why they may. */
const ALLOWED: Readonly<Record<string, { eager?: number; whole?: number; because: string }>> = {
  'admission/admit-version': {
    eager: 50 * KB,
    whole: 170 * KB,
    because: 'the glue of Cedar, the key set, and the clients of three stores: registry and holds, evidence, the key',
  },
  'admission/answer-admissions': {
    eager: 43 * KB,
    whole: 191 * KB,
    because: `${TARGETS}; and the clients that ask for a verdict and read it, each loaded when it is needed`,
  },
  'gates/evaluate-gates': {
    eager: 42 * KB,
    because: 'the schemas of the manifest and of the rules, and two readers of S3',
  },
  'intake/publish-version': { eager: 41 * KB, because: 'a signature that stands already is verified again' },
  'monitor/answer-drift': { eager: 43 * KB, because: 'reports and holds are checked by their schemas' },
  'monitor/check-stream': {
    eager: 47 * KB,
    whole: 190 * KB,
    because: 'the schemas of four capabilities, sketches, and the clients of three stores; nobody waits for a check',
  },
  'monitor/list-streams': {
    eager: 43 * KB,
    because: 'the schemas of deployments and of the rules; nobody waits for it',
  },
  'policy/decide-registration': { eager: 42 * KB, because: 'the glue of Cedar, whose WebAssembly comes on top' },
  'rollout/answer-rollouts': { eager: 42 * KB, because: RECORD },
  'rollout/open-rollout': { eager: 45 * KB, whole: 166 * KB, because: `${RECORD}; ${TARGETS}` },
  'rollout/shift-traffic': { eager: 47 * KB, whole: 168 * KB, because: `${RECORD}; ${TARGETS}` },
  'rollout/decide-step': {
    eager: 58 * KB,
    whole: 225 * KB,
    because: `${RECORD}, the judge, verdicts, the key set, and the clients of eight services: a step waits far longer than it starts`,
  },
  'rollout/reconcile-rollouts': {
    eager: 54 * KB,
    whole: 182 * KB,
    because: `${RECORD}, the judge, and the clients of six services: it runs beside what anybody waits for`,
  },
  'rollout/watch-calls': {
    whole: 175 * KB,
    eager: 50 * KB,
    because: `${RECORD}; ${TARGETS}; and the schemas of holds and registered versions`,
  },
  'scanning/scan-files': {
    whole: 300 * KB,
    because: 'the readers of every format, loaded with the first file; parsers of few formats only with such a file',
  },
  'signing/sign-version': {
    eager: 43 * KB,
    because: 'the manifest, whose claims it attests, is checked by its schema',
  },
  'telemetry/summarise': {
    whole: 175 * KB,
    eager: 42 * KB,
    because: 'sketches, uploads in parts and KMS, beside S3 and DynamoDB; a file takes longer than any start',
  },
  'telemetry/summarise-baseline': {
    whole: 170 * KB,
    because: 'the reader of Parquet, loaded where there is Parquet to read, and KMS',
  },
  'verification/verify-versions': {
    eager: 60 * KB,
    whole: 230 * KB,
    because:
      'the schemas of registry, rollouts, holds and keys, signatures, and the clients of six services; nobody waits for it',
  },
};

let built: Built;
const out = join(root, 'dist');

// Where nobody built them before, all are bundled here.
beforeAll(async () => {
  built = await buildHandlers();
}, 120_000);

const sizeOf = (files: readonly string[], entry: string): number =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(join(out, entry, file))).length, 0);

const overBudget = (entry: string, { whole, eager }: { whole: number; eager: number }): string[] => {
  const budget = { ...BUDGET, ...ALLOWED[entry] };
  return [
    ...(whole > budget.whole
      ? [`${entry}: ${(whole / KB).toFixed(1)} KB gzipped, the budget is ${budget.whole / KB}`]
      : []),
    ...(eager > budget.eager
      ? [`${entry}: ${(eager / KB).toFixed(1)} KB gzipped before the first call, the budget is ${budget.eager / KB}`]
      : []),
  ];
};

const measured = (entry: string) => {
  const { metafile } = built[entry] ?? { metafile: { inputs: {}, outputs: {} } };
  return {
    whole: sizeOf(filesOf(metafile, { lazily: true }), entry),
    eager: sizeOf(filesOf(metafile, { lazily: false }), entry),
  };
};

test.each(entriesOf(root))('%s is within its budget', (entry) => {
  const size = measured(entry);

  expect(size.eager).toBeGreaterThan(KB);
  expect(overBudget(entry, size)).toEqual([]);
});

test('a handler that grew over its budget is found', () => {
  expect(overBudget('intake/claim-upload', { whole: 166 * KB, eager: 41 * KB })).toEqual([
    'intake/claim-upload: 166.0 KB gzipped, the budget is 165',
    'intake/claim-upload: 41.0 KB gzipped before the first call, the budget is 40',
  ]);
});

test('a handler leaves out schemas of contracts that it imports and does not use', () => {
  const code = filesOf(built['rollout/answer-rollouts']?.metafile ?? { inputs: {}, outputs: {} }, { lazily: false })
    .map((file) => readFileSync(join(out, 'rollout/answer-rollouts', file), 'utf8'))
    .join('');

  expect(code).toContain('rolled-back');
  expect(code).not.toContain('firstSeenAt');
});

test('a folder has all the code that its handler can ask for, and the assets that it reads', () => {
  const files = readdirSync(join(out, 'policy/decide-registration'));

  expect(files).toEqual(expect.arrayContaining(['index.mjs', 'cedar_wasm_bg.wasm', 'policies']));
  for (const entry of entriesOf(root)) {
    const text = readFileSync(join(out, entry, 'index.mjs'), 'utf8');
    const asked = [...text.matchAll(/["'](\.\/[\w.-]+\.mjs)["']/g)].map(([, name = '']) => name.slice(2));
    expect(readdirSync(join(out, entry))).toEqual(expect.arrayContaining(asked));
  }
});

const ENTRY = 'intake/claim-upload';

test('the same sources give the same bytes', async () => {
  const { files } = await bundleHandler(root, ENTRY);

  const standing = readdirSync(join(out, ENTRY)).map((name) => [name, readFileSync(join(out, ENTRY, name), 'utf8')]);
  expect(Object.fromEntries(standing)).toEqual(
    Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])),
  );
});

test('what stands is not bundled again', async () => {
  const before = statSync(join(out, ENTRY, 'index.mjs')).mtimeMs;

  const again = await buildHandlers();

  expect(again).toEqual(built);
  expect(statSync(join(out, ENTRY, 'index.mjs')).mtimeMs).toBe(before);
});
