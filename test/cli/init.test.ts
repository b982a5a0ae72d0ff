import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { check } from '../../cli/check.ts';
import { type InitRequest, init } from '../../cli/init.ts';
import { EXIT } from '../../cli/outcome.ts';
import { readStageRules } from '../../cli/stage-rules.ts';
import { Manifest } from '../../core/intake/manifest.ts';
import { digestOf } from '../../core/kernel/digest.ts';
import { type Folder, folderOf, quietly, shippedModel } from './folder.ts';

type Written = { readonly [name: string]: unknown } & {
  readonly training: { readonly [name: string]: unknown };
};

const run = async (folder: Folder, request: Partial<InitRequest> = {}) => {
  const answer = await init({ dir: folder.dir, force: false, ...request }, quietly());
  return { ...answer, manifest: JSON.parse(folder.text('manifest.json')) as Written };
};

const git = (dir: string, ...args: string[]) =>
  execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    encoding: 'utf8',
  });

test('every file is declared with its digest and size; the manifest, the signature and Git are not', async () => {
  using folder = folderOf({ 'a.txt': 'a', 'deep/b.txt': 'bb', 'model.sig': '{}', '.gitignore': 'x', '.git/HEAD': 'x' });

  const { manifest } = await run(folder);

  expect(manifest.files).toEqual([
    { path: 'a.txt', digest: digestOf('a'), size: 1 },
    { path: 'deep/b.txt', digest: digestOf('bb'), size: 2 },
  ]);
});

test('what only a human knows is marked, and exactly that is what check still asks for', async () => {
  using folder = folderOf({ 'a.txt': 'a' });

  const { document } = await run(folder);
  const checked = await check({ dir: folder.dir, rules: await readStageRules(undefined) }, quietly());

  const asked = checked.document.reasons.filter(({ rule }) => rule.startsWith('intake.'));
  expect(asked.map(({ path }) => path)).toEqual(document.fillIn.map(({ path }) => path));
  expect(asked.every(({ rule }) => rule === 'intake.manifest-placeholder')).toBe(true);
  expect(document.fillIn.map(({ path }) => path)).toContain('$.risk.consequence');
});

test('a skeleton whose places are filled in passes', async () => {
  using folder = shippedModel('iris-forest/1.0.0');
  const shipped = Manifest.parse(JSON.parse(folder.text('manifest.json')));

  const { manifest } = await run(folder, {
    force: true,
    model: shipped.model,
    version: shipped.version,
    owner: shipped.owner,
  });
  const { contact, risk, intendedUse, training, metrics } = shipped;
  const filled = {
    ...manifest,
    contact,
    risk,
    intendedUse,
    metrics,
    training,
  };
  folder.write('manifest.json', JSON.stringify(filled));
  const { exitCode, document } = await check({ dir: folder.dir, rules: await readStageRules(undefined) }, quietly());

  expect(document.reasons).toEqual([]);
  expect(exitCode).toBe(EXIT.yes);
  expect(manifest).toMatchObject({
    format: 'joblib',
    training: { environment: { lockFile: 'requirements.lock' } },
    baseline: { path: 'baseline.csv', format: 'csv' },
  });
});

test('a manifest that stands is not written over unless asked', async () => {
  using folder = folderOf({ 'a.txt': 'a', 'manifest.json': '"mine"' });

  await expect(run(folder)).rejects.toMatchObject({
    exitCode: EXIT.usage,
    reason: { fix: expect.stringContaining('--force') },
  });

  expect(folder.text('manifest.json')).toBe('"mine"');
  expect((await run(folder, { force: true })).manifest.manifestVersion).toBe(1);
});

test('a folder without a file to declare is a wrong call', async () => {
  using folder = folderOf({ '.gitignore': '' });

  await expect(run(folder)).rejects.toMatchObject({ exitCode: EXIT.usage });
});

describe('names', () => {
  const namesIn = async (name: string, request: Partial<InitRequest> = {}) => {
    using folder = folderOf({ 'a.txt': 'a' }, name);
    const { manifest } = await run(folder, request);
    return [manifest.model, manifest.version];
  };

  test.each([
    ['fraud/1.4.0', ['fraud', '1.4.0']],
    ['fraud', ['fraud', expect.stringContaining('<fill in')]],
    ['My Model', [expect.stringContaining('<fill in'), expect.stringContaining('<fill in')]],
  ])('the folder %s says %o', async (name, expected) => {
    expect(await namesIn(name)).toEqual(expected);
  });

  test('what is said on the command line comes first', async () => {
    expect(await namesIn('fraud/1.4.0', { model: 'other', version: '2' })).toEqual(['other', '2']);
  });
});

describe('Git', () => {
  test('the commit and the remote are the training code, without the password of the remote', async () => {
    using folder = folderOf({ 'a.txt': 'a' });
    git(folder.dir, 'init', '-q');
    git(folder.dir, 'add', 'a.txt');
    git(folder.dir, 'commit', '-qm', 'first');
    git(folder.dir, 'remote', 'add', 'origin', 'https://someone:secret@git.example.com/team/fraud.git');

    const { manifest } = await run(folder);

    expect(manifest.training.code).toEqual({
      repository: 'https://git.example.com/team/fraud.git',
      commit: git(folder.dir, 'rev-parse', 'HEAD').trim(),
    });
  });

  test('a repository that came with the model runs nothing of its own', async () => {
    using folder = folderOf({ 'a.txt': 'a' });
    git(folder.dir, 'init', '-q');
    git(folder.dir, 'add', 'a.txt');
    git(folder.dir, 'commit', '-qm', 'first');
    git(folder.dir, 'config', 'core.fsmonitor', `touch ${folder.dir}/executed`);
    git(folder.dir, 'config', 'core.sshCommand', `touch ${folder.dir}/executed`);

    await run(folder);

    expect(() => folder.text('executed')).toThrow('ENOENT');
  });

  test('without a repository a human says where the code is', async () => {
    using folder = folderOf({ 'a.txt': 'a' });

    const { manifest } = await run(folder);

    expect(manifest.training.code).toEqual({
      repository: expect.stringContaining('<fill in'),
      commit: expect.stringContaining('<fill in'),
    });
  });
});

test('an MLflow model tells its signature, its date and what it is', async () => {
  using folder = folderOf({
    MLmodel: [
      'flavors:',
      '  python_function: { loader_module: mlflow.sklearn }',
      '  sklearn: { pickled_model: model.pkl }',
      'run_id: 3a1b',
      "utc_time_created: '2026-05-30 14:05:44.123456'",
      'signature:',
      `  inputs: '[{"type": "double", "name": "amount", "required": true}, {"type": "string", "name": "country", "required": false}, {"type": "binary", "name": "blob"}]'`,
    ].join('\n'),
    'model.pkl': 'x',
  });

  const { manifest, document } = await run(folder);

  expect(manifest).toMatchObject({
    format: 'mlflow',
    training: { trainedAt: '2026-05-30T14:05:44Z' },
    features: [
      { name: 'amount', type: 'number', required: true },
      { name: 'country', type: 'text', required: false },
    ],
  });
  expect(document.notes).toContain('MLflow flavors: python_function, sklearn.');
  expect(document.notes).toContainEqual(expect.stringContaining('1 inputs of the MLflow signature'));
});

test('a Hugging Face folder tells its data sets, base models, metrics and shape', async () => {
  using folder = folderOf({
    'README.md': [
      '---',
      'license: apache-2.0',
      'base_model: org/base',
      'datasets: [squad, org/other]',
      'model-index:',
      '- name: m',
      '  results:',
      '  - task: { type: text-classification }',
      '    dataset: { name: GLUE, type: glue }',
      '    metrics:',
      '    - { type: accuracy, value: 0.91, name: Accuracy }',
      '    - { type: f1, value: not-a-number }',
      '---',
      '',
      '# Title',
      '',
      'Tells what a sentence',
      'is about.',
    ].join('\n'),
    'config.json': JSON.stringify({
      model_type: 'bert',
      hidden_size: 768,
      _name_or_path: 'x',
      transformers_version: '5',
    }),
  });

  const { manifest, document } = await run(folder);

  expect(manifest).toMatchObject({
    description: 'Tells what a sentence is about.',
    metrics: [{ name: 'accuracy', value: 0.91, dataset: 'GLUE' }],
    training: {
      hyperparameters: { hidden_size: 768 },
      datasets: [
        { name: 'squad', uri: 'https://huggingface.co/datasets/squad' },
        { name: 'org/other', uri: 'https://huggingface.co/datasets/org/other' },
      ],
      parents: [
        { model: expect.stringContaining('org/base is registered'), version: expect.stringContaining('<fill in') },
      ],
    },
  });
  expect(manifest.training.hyperparameters).toEqual({ hidden_size: 768 });
  expect(document.notes).toContain('The model card gives the license of the model as apache-2.0.');
});

test.each([
  ['README.md', '---\n[: {\n---\ntext'],
  [
    'README.md',
    `---\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`)
      .join('\n')}\n---\n`,
  ],
  ['MLmodel', '\tnot: [yaml'],
  ['MLmodel', '- a\n- list'],
  ['config.json', '{'],
])('a %s that cannot be read is passed over, not believed: %j', async (path, content) => {
  using folder = folderOf({ [path]: content, 'a.txt': 'a' });

  const { exitCode } = await run(folder);

  expect(exitCode).toBe(EXIT.yes);
});
