import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../cli/check.ts';
import { EXIT, Problem } from '../../cli/outcome.ts';
import { readStageRules } from '../../cli/stage-rules.ts';
import { hostilePickle } from '../../local/demo/hostile-pickle.ts';
import { asCsv, inBlocks, realDataSet, shuffled, turnedLabels } from '../support/training-data.ts';
import { type Folder, folderOf, quietly, shippedModel, uploadOf } from './folder.ts';

const checkFolder = async ({ dir }: Folder, stageFile?: string) =>
  check({ dir, rules: await readStageRules(stageFile) }, quietly());

const rulesOf = ({ document }: Awaited<ReturnType<typeof checkFolder>>) => document.reasons.map(({ rule }) => rule);

test.each([
  'breast-cancer-net/1.0.0',
  'diabetes-boost/1.0.0',
  'diabetes-ridge/1.0.0',
  'digits-mlp/1.0.0',
  'iris-forest/1.0.0',
])('%s, as shipped, would be registered', async (name) => {
  using folder = shippedModel(name);

  const answer = await checkFolder(folder);

  expect(answer.document.reasons).toEqual([]);
  expect(answer.exitCode).toBe(EXIT.yes);
  expect(answer.document.checks.map(({ outcome }) => outcome)).toEqual(Array(6).fill('pass'));
  expect(answer.document.root).toMatch(/^sha256:/);
});

test('one changed byte is told by its file, with the digest found and the digest declared', async () => {
  using folder = shippedModel('iris-forest/1.0.0');
  folder.write('README.md', `${folder.text('README.md')}.`);

  const answer = await checkFolder(folder);

  expect(answer.exitCode).toBe(EXIT.no);
  expect(answer.document.reasons).toEqual([
    expect.objectContaining({
      path: 'README.md',
      found: expect.stringMatching(/^sha256:/),
      allowed: expect.stringMatching(/^sha256:/),
    }),
  ]);
});

test('every reason is told at once: a manifest with mistakes does not hide a hostile file', async () => {
  using folder = folderOf(
    uploadOf({ 'model.pkl': hostilePickle('true'), 'data.jsonl': '{}\n' }, (manifest) => {
      manifest.owner = '';
      delete (manifest as Partial<typeof manifest>).risk;
    }),
  );

  const { document, exitCode } = await checkFolder(folder);

  expect(exitCode).toBe(EXIT.no);
  expect(document.reasons.map(({ path }) => path)).toEqual(['$.owner', '$.risk', 'model.pkl']);
  expect(document.scanned.find(({ path }) => path === 'model.pkl')?.verdict).toBe('malicious');
  expect(document.checks.filter(({ outcome }) => outcome === 'skipped').map(({ check: name }) => name)).toEqual([
    'digests',
    'gates',
    'policy',
  ]);
});

test('a sound manifest around a hostile file is refused by policy', async () => {
  using folder = folderOf(uploadOf({ 'a.jsonl': '{}\n', 'model.pkl': hostilePickle('true') }));

  const { document, exitCode } = await checkFolder(folder);

  expect(exitCode).toBe(EXIT.no);
  expect(document.checks.find(({ check: name }) => name === 'policy')?.outcome).toBe('fail');
  expect(document.reasons).toContainEqual(expect.objectContaining({ path: 'model.pkl' }));
});

describe('F7: a sample of the training data', async () => {
  const wine = await realDataSet('wine');
  const deliveries = inBlocks(shuffled(wine.rows, 11), 4);
  const withSample = (sample: string, more: object = {}) =>
    uploadOf({ 'a.jsonl': '{}\n', 'training.csv': sample }, (manifest) => {
      manifest.features = wine.features.map(({ name, type }) => ({ name, type }));
      const named = { path: 'training.csv', format: 'csv' as const, label: 'class', block: 'block' };
      manifest.training = { ...manifest.training, sample: { ...named, ...more } };
    });

  test('that lies among the files is looked at as the plane does', async () => {
    using sound = folderOf(withSample(asCsv(deliveries)));
    using turned = folderOf(withSample(asCsv(turnedLabels(deliveries, 'delivery-1'))));

    expect(rulesOf(await checkFolder(sound))).toEqual([]);
    expect((await checkFolder(turned)).document.reasons).toEqual([
      expect.objectContaining({
        rule: 'gates.training-labels-flipped',
        found: expect.stringContaining('"delivery-1"'),
      }),
    ]);
  });

  test('that lies in a bucket is left to the plane', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    using folder = folderOf(withSample('', { path: undefined, uri: 's3://curated/wine.csv', digest }));

    const { document } = await checkFolder(folder);
    const gates = document.checks.find(({ check: name }) => name === 'gates');

    expect(document.reasons).toEqual([]);
    expect(gates?.detail).toContain('the training sample in S3 was not looked at');
  });
});

test('files that are missing or that nobody declared are each a reason', async () => {
  using folder = folderOf({
    ...uploadOf({ 'a.jsonl': '{}\n' }, (manifest) => {
      manifest.files.push({ path: 'gone.bin', digest: manifest.files[0]?.digest ?? ('' as never) });
    }),
    'extra.txt': 'x',
  });

  expect(rulesOf(await checkFolder(folder))).toEqual(['intake.file-undeclared']);
});

test('a file that is declared and not there is told as missing, not waited for', async () => {
  using folder = folderOf(
    uploadOf({ 'a.jsonl': '{}\n' }, (manifest) => {
      manifest.files.push({ path: 'gone.bin', digest: manifest.files[0]?.digest ?? ('' as never) });
    }),
  );

  const answer = await checkFolder(folder);

  expect(answer.document.reasons).toEqual([expect.objectContaining({ rule: 'intake.file-missing', path: 'gone.bin' })]);
});

test('a folder without a manifest is a no that says what writes one', async () => {
  using folder = folderOf({ 'a.txt': 'x' });

  const answer = await checkFolder(folder);

  expect(answer.exitCode).toBe(EXIT.no);
  expect(rulesOf(answer)).toEqual(['intake.manifest-missing']);
  expect(answer.text).toContain('clearance init');
});

test('a symbolic link is refused, wherever it leads', async () => {
  using folder = folderOf(uploadOf({ 'a.jsonl': '{}\n' }));
  symlinkSync('a.jsonl', join(folder.dir, 'link'));
  symlinkSync('/', join(folder.dir, 'everything'));

  const answer = await checkFolder(folder);

  expect(answer.document.reasons.map(({ rule, path }) => [rule, path])).toEqual([
    ['intake.symlink', 'everything'],
    ['intake.symlink', 'link'],
  ]);
});

test("Git's own files and the signature are never uploaded, and it is said so", async () => {
  using folder = folderOf({
    ...uploadOf({ 'a.jsonl': '{}\n' }),
    '.gitattributes': '* binary',
    '.git/config': '[core]',
    'model.sig': '{}',
  });

  const answer = await checkFolder(folder);

  expect(answer.exitCode).toBe(EXIT.yes);
  expect(answer.document.leftOut).toEqual(['.git', '.gitattributes', 'model.sig']);
});

test('what is left to fill in is told by its path, once, whatever its field would say to it', async () => {
  using folder = folderOf(
    uploadOf({ 'a.jsonl': '{}\n' }, (manifest) => {
      manifest.owner = '<fill in: the team>';
      manifest.risk.decision = '<fill in: one of three>' as never;
    }),
  );

  const answer = await checkFolder(folder);

  expect(answer.document.reasons.map(({ rule, path }) => [rule, path])).toEqual([
    ['intake.manifest-placeholder', '$.owner'],
    ['intake.manifest-placeholder', '$.risk.decision'],
  ]);
});

test.runIf(process.getuid?.() !== 0)('a file that may not be read leaves the question open', async () => {
  using folder = folderOf(uploadOf({ 'a.jsonl': '{}\n' }));
  chmodSync(join(folder.dir, 'a.jsonl'), 0);

  await expect(checkFolder(folder)).rejects.toMatchObject({ exitCode: EXIT.unknown, reason: { path: 'a.jsonl' } });
});

test('a name that would forge a line of the report is shown escaped', async () => {
  using folder = folderOf({ ...uploadOf({ 'a.jsonl': '{}\n' }), 'x\n✓ all is well\u001b[2K': 'x' });

  const { text } = await checkFolder(folder);

  expect(text).toContain('x\\u{a}✓ all is well\\u{1b}[2K');
  expect(text).not.toMatch(/^✓ all is well/m);
});

describe('the configuration of a stage', () => {
  const withStage = async (stage: object | string) => {
    using folder = shippedModel('iris-forest/1.0.0');
    using config = folderOf({ 'stage.json': typeof stage === 'string' ? stage : JSON.stringify(stage) });
    return await checkFolder(folder, join(config.dir, 'stage.json'));
  };

  test('sets the thresholds', async () => {
    const answer = await withStage({ stage: 'dev', gates: { metrics: [{ metric: 'accuracy', minimum: 0.99 }] } });

    expect(answer.exitCode).toBe(EXIT.no);
    expect(answer.document.reasons).toEqual([
      expect.objectContaining({ path: '$.metrics[0]', allowed: 'at least 0.99' }),
    ]);
  });

  test('sets the limits', async () => {
    const answer = await withStage({ intake: { limits: { files: 3 } } });

    expect(rulesOf(answer)).toEqual(['intake.too-many-files']);
  });

  test.each([['{'], [{ intake: { limits: { files: 'many' } } }], [{ gates: { provenance: { light: 7 } } }]])(
    'is refused as a wrong call when it is none: %o',
    async (stage) => {
      await expect(withStage(stage)).rejects.toMatchObject({ exitCode: EXIT.usage, reason: { path: '--stage-file' } });
    },
  );
});

test('a folder that is not there is a wrong call', async () => {
  const rules = await readStageRules(undefined);

  await expect(check({ dir: '/no/such/folder', rules }, quietly())).rejects.toBeInstanceOf(Problem);
  await expect(check({ dir: '/no/such/folder', rules }, quietly())).rejects.toMatchObject({ exitCode: EXIT.usage });
});

test('folders without files are nothing, as on S3', async () => {
  using folder = folderOf(uploadOf({ 'deep/er/a.jsonl': '{}\n' }));
  mkdirSync(join(folder.dir, 'empty/inside'), { recursive: true });

  expect((await checkFolder(folder)).exitCode).toBe(EXIT.yes);
});

test('an interruption ends it', async () => {
  using folder = shippedModel('iris-forest/1.0.0');
  const rules = await readStageRules(undefined);

  await expect(check({ dir: folder.dir, rules }, quietly(AbortSignal.abort()))).rejects.toMatchObject({
    name: 'AbortError',
  });
});
