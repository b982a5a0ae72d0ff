import { describe, expect, test } from 'vitest';
import { rulesOf, scanBytes } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const scanYaml = (text: string, name = 'model_config.yaml') => scanBytes(utf8(text), name);

describe('a configuration that says what is to be called', () => {
  test.each([
    ['a command', '_target_: os.system\n_args_: [id]\n', 'hydra.target-dangerous'],
    ['a command, deep inside', 'model:\n  parts:\n  - _target_: subprocess.Popen\n', 'hydra.target-dangerous'],
    ['a command by way of an allowed library', '_target_: torch.nn.modules.os.system\n', 'hydra.target-dangerous'],
    ['a builtin', '_target_: builtins.eval\n', 'hydra.target-dangerous'],
    ['a loader of pickles', '_target_: torch.load\nf: weights.bin\n', 'hydra.target-dangerous'],
    ['a helper of pickles of torch', '_target_: torch.storage._load_from_bytes\nb: x\n', 'hydra.target-dangerous'],
    ['code of a repository', '_target_: torch.hub.load\nrepo_or_dir: a/b\n', 'hydra.target-dangerous'],
    ['a class of nobody knows what', '_target_: acme.models.Net\n', 'hydra.target'],
    ['what is put together later', `_target_: \${oc.env:TARGET}\n`, 'hydra.target'],
    ['no name at all', '_target_: [os, system]\n', 'hydra.target'],
    ['the older form', 'model:\n  target: acme.ldm.Diffusion\n  params: {a: 1}\n', 'hydra.target'],
    ['a class of NeMo that is none', 'target: nemo.utils.os.system\n', 'hydra.target-dangerous'],
    ['the class of a NeMo model', 'target: acme.Model\nnemo_version: 1.2.0\n', 'hydra.target'],
  ])('%s', async (_what, text, rule) => {
    const scan = await scanYaml(text);

    expect(rulesOf(scan)).toEqual([rule]);
  });

  test.each([
    ['in flow style', '{a: {"_target_": "os.system"}}'],
    ['behind an escape', '"_\\x74arget_": os.system\n'],
    ['behind an anchor', 'a: &a {_target_: os.system}\nb: *a\n'],
    ['by merging', 'a: &a\n  _target_: os.system\nb:\n  <<: *a\n'],
    ['in a second document', 'a: 1\n---\n_target_: os.system\n'],
    ['as a marked key', '? _target_\n: os.system\n'],
    ['among ten thousand words', `labels:\n${'- word\n'.repeat(10_000)}m:\n  _target_: os.system\n`],
    ['in a text of more than is parsed', `a: [${'[x], '.repeat(60_000)}]\n_target_: os.system\n`],
    ['in front of an error', '_target_: os.system\na: b: c: [\n'],
    ['twice', '_target_: os.system\n_target_: torch.nn.Linear\n'],
  ])('is found %s', async (_how, text) => {
    const scan = await scanYaml(text);

    expect(scan.verdict).not.toBe('clean');
  });

  test.each([
    ['JSON', 'config.json', '{"optimizer": {"_target_": "os.system"}}'],
    ['YAML of any name', 'config.cfg', 'model:\n  _target_: os.system\n'],
  ])('is found in %s', async (_what, name, text) => {
    const scan = await scanYaml(text, name);

    expect(rulesOf(scan)).toEqual(['hydra.target-dangerous']);
  });

  test('of layers, optimisers and classes of NeMo is clean', async () => {
    const scan = await scanYaml(`
target: nemo.collections.asr.models.ctc_bpe_models.EncDecCTCModelBPE
nemo_version: 2.0.0
preprocessor:
  _target_: nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor
  sample_rate: 16000
encoder: {_target_: nemo.collections.asr.modules.ConformerEncoder, d_model: 176}
decoder:
  _target_: nemo.collections.asr.modules.ConvASRDecoder
  vocabulary: [a, b, c]
head: {_target_: torch.nn.Linear, in_features: 3}
optim:
  _target_: torch.optim.AdamW
  lr: 1.0
targets: [x]
target_language: en
`);

    expect(scan).toMatchObject({ verdict: 'clean', findings: [] });
  });

  test('may name what the stage allows', async () => {
    const text = utf8('_target_: acme.models.Net\n');

    const scan = await scanBytes(text, 'model.yaml', { allowedGlobals: ['acme.models.Net'] });

    expect(scan.verdict).toBe('clean');
  });
});

describe('YAML that makes Python objects', () => {
  test.each([
    ['by a handle of its own', '%TAG !p! tag:yaml.org,2002:py\n---\na: !p!thon/object/apply:os.system [id]\n'],
    ['by an escape', 'a: !!py%74hon/name:os.system\n'],
    ['by the whole tag', 'a: !<tag:yaml.org,2002:python/name:os.system>\n'],
    ['in a model card', '---\nlicense: !!python/name:os.system\n---\n# Card\n', 'README.md'],
  ])('%s', async (_how, text, name = 'model.yaml') => {
    const scan = await scanYaml(text, name);

    expect(rulesOf(scan)).toEqual(['yaml.python-tag']);
  });

  test('in the text of a model card is only told of', async () => {
    const scan = await scanYaml('---\nlicense: mit\n---\nNever load `!!python/name:os.system`.\n', 'README.md');

    expect(scan.verdict).toBe('clean');
  });
});
