import { describe, expect, test } from 'vitest';
import { settleReferences } from '../../core/scanning/settle-references.ts';
import { rulesOf, scanBytes } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const scanJson = (value: unknown, name = 'config.json') => scanBytes(utf8(JSON.stringify(value)), name);

const modules = (type: string, path = '') => [{ idx: 0, name: '0', path, type }];
const st = 'sentence_transformers';

describe('a configuration that makes a loader run code', () => {
  test.each([
    ['code of its own', { auto_map: { AutoModel: 'modeling_x.XModel' } }, ['huggingface.remote-code']],
    [
      'code of its own, for one of two tokenizers',
      { auto_map: { AutoTokenizer: ['tokenization_x.X', null] } },
      ['huggingface.remote-code'],
    ],
    [
      'code of another repository',
      { model: { auto_map: { AutoConfig: 'someone/else--configuration_x.X' } } },
      ['huggingface.code-elsewhere', 'huggingface.remote-code'],
    ],
    [
      'a pipeline of its own',
      { custom_pipelines: { pair: { impl: 'pair.PairPipeline', pt: ['AutoModel'] } } },
      ['huggingface.remote-code'],
    ],
    ['consent given in advance', { trust_remote_code: true }, ['huggingface.trust-remote-code']],
    ['an attention kernel', { _attn_implementation: 'someone/kernel@main:fwd' }, ['huggingface.kernel']],
    [
      'an attention kernel of a part',
      { attn_implementation: { text_config: 'flash|someone/kernel' } },
      ['huggingface.kernel'],
    ],
    [
      'a kernel of the library itself',
      { _attn_implementation: 'kernels-community/flash-attn' },
      ['huggingface.code-elsewhere'],
    ],
    ['an activation', { activation_function: 'os.abort' }, ['huggingface.import-dangerous']],
    ['an activation of nobody knows what', { activation_fn: 'acme.Activation' }, ['huggingface.import']],
    ['a tokenizer', { tokenizer_class: 'acme.words.Tokenizer' }, ['huggingface.import']],
    ['the class of a base model', { auto_mapping: { parent_library: 'acme_lib' } }, ['huggingface.import']],
    ['a module for tensor parallelism', { megatron_core: 'subprocess' }, ['huggingface.import-dangerous']],
  ])('%s', async (_what, config, rules) => {
    const scan = await scanJson(config);

    expect(rulesOf(scan)).toEqual(rules);
  });

  test.each([
    ['a class of the folder', modules('modeling_x.Custom'), 'huggingface.import'],
    ['a loader of pickles', modules('joblib.numpy_pickle'), 'huggingface.import-dangerous'],
    ['a module that the library imports', modules(`${st}.util.tensor.pickle`), 'huggingface.import-dangerous'],
    ['a name of the library that is no module', modules(`${st}.util.http_get`), 'huggingface.import'],
    ['a folder outside', modules(`${st}.models.Pooling`, '../../other'), 'huggingface.path'],
    ['a route', { types: { a: 'acme.Module' }, structure: { query: ['a'] } }, 'huggingface.import'],
  ])('as modules of sentence-transformers: %s', async (_what, document, rule) => {
    const scan = await scanJson(document, 'modules.json');

    expect(rulesOf(scan)).toEqual([rule]);
  });

  test.each([
    ['a pipeline of its own', { _class_name: ['my_pipeline', 'MyPipeline'] }, 'huggingface.remote-code'],
    ['a part of another library', { _class_name: 'DDPMPipeline', unet: ['acme', 'UNet'] }, 'huggingface.import'],
    ['a part that runs commands', { _class_name: 'X', unet: ['subprocess', 'Popen'] }, 'huggingface.import-dangerous'],
  ])('as a pipeline of diffusers: %s', async (_what, index, rule) => {
    const scan = await scanJson({ ...index, scheduler: ['diffusers', 'DDPMScheduler'] }, 'model_index.json');

    expect(rulesOf(scan)).toEqual([rule]);
  });

  test.each([
    ['shards', { weight_map: { 'a.weight': '../../other/model.bin' } }, 'huggingface.path'],
    ['shards by an absolute path', { weight_map: { 'a.weight': '/srv/model.bin' } }, 'huggingface.path'],
    ['a base model by address', { base_model_name_or_path: 'http://example.org/model' }, 'huggingface.base-model'],
    ['a base model of a network share', { base_model_name_or_path: '\\\\host\\share' }, 'huggingface.base-model'],
  ])('or read from elsewhere: %s', async (_what, config, rule) => {
    const scan = await scanJson(config);

    expect(rulesOf(scan)).toEqual([rule]);
  });
});

describe('a configuration as libraries write it is clean', () => {
  test.each([
    ['an empty map of classes', { auto_map: {}, auto_mapping: null, trust_remote_code: false }],
    ['an activation by its short name', { activation_function: 'gelu_new', tokenizer_class: 'BertTokenizer' }],
    ['an activation of torch', { activation_function: 'torch.nn.modules.activation.Tanh' }],
    ['an activation of torch by its short path', { activation_fn: 'torch.nn.Identity' }],
    ['an implementation by its short name', { _attn_implementation: 'sdpa', attn_implementation: 'flash_attention_2' }],
    ['modules under their older names', modules(`${st}.models.Transformer`)],
    ['modules under their names of today', modules(`${st}.base.modules.transformer.Transformer`, '0_Transformer')],
    ['a base model by id', { base_model_name_or_path: 'acme/base', megatron_core: 'megatron.core' }],
    ['a base model of a folder', { base_model_name_or_path: '/models/base' }],
    ['the class of a base model', { auto_mapping: { parent_library: 'transformers.models.bert.modeling_bert' } }],
    ['shards', { weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' } }],
    ['blocks of a network of diffusers', { _class_name: 'UNet2DModel', down_block_types: ['DownBlock2D', 'X'] }],
    ['a chat template', { chat_template: '{% for m in messages %}{{ m.content }}{% endfor %}' }],
  ])('%s', async (_what, config) => {
    const scan = await scanJson(config);

    expect(scan).toMatchObject({ verdict: 'clean', findings: [] });
  });
});

describe('a chat template beside a tokenizer', () => {
  const hostile = "{{ ''.__class__.__mro__ }}";

  test.each([
    ['in its configuration', 'tokenizer_config.json', JSON.stringify({ chat_template: hostile })],
    [
      'as one of several',
      'tokenizer_config.json',
      JSON.stringify({ chat_template: [{ name: 'rag', template: hostile }] }),
    ],
    ['in a file of its own', 'chat_template.jinja', hostile],
    ['in a folder of its own', 'additional_chat_templates/tool_use.jinja', hostile],
    ['of a processor', 'chat_template.json', JSON.stringify({ chat_template: hostile })],
  ])('is judged as one within a GGUF file: %s', async (_where, name, text) => {
    const scan = await scanBytes(utf8(text), name);

    expect(scan.verdict).toBe('malicious');
    expect(rulesOf(scan)).toEqual(['template.unsafe-access']);
  });
});

describe('a document that hides a setting', () => {
  const auto = '"auto_map": {"AutoModel": "modeling_x.X"}';

  test.each([
    ['behind numbers that only Python writes', `{"time_step_limit": [0.0, Infinity], ${auto}}`],
    ['behind an escape', '{"auto\\u005fmap": {"AutoModel": "modeling_x.X"}}'],
    ['behind an empty one of the same name', `{"auto_map": {}, ${auto}}`],
    ['in front of an empty one of the same name', `{${auto}, "auto_map": {}}`],
    ['in a part', `{"text_config": {${auto}}}`],
    ['in an unfinished document', `{${auto}, `],
    ['in a document of any length', `{"x": "${' '.repeat(17 * 1024 * 1024)}", ${auto}}`],
  ])('%s', async (_how, text) => {
    const scan = await scanBytes(utf8(text), 'config.json');

    expect(scan.verdict).not.toBe('clean');
  });

  test('twice is told: readers disagree about which counts', async () => {
    const scan = await scanBytes(utf8(`{${auto}, "auto_map": {}}`), 'config.json');

    expect(rulesOf(scan)).toEqual(['document.ambiguous']);
  });

  test('twice, where no loader looks at it, is nothing to tell', async () => {
    const scan = await scanBytes(utf8('{"a": 1, "a": 2}'), 'data.json');

    expect(scan.verdict).toBe('clean');
  });
});

describe('the code that a configuration names', () => {
  const scanned = (config: unknown, ...names: readonly string[]) =>
    Promise.all([scanJson(config, 'm/config.json'), ...names.map((name) => scanBytes(utf8('x = 1\n'), name))]);
  const config = { auto_map: { AutoModel: 'modeling_x.X' } };

  test('is missing where the folder does not have it', async () => {
    const [settled] = settleReferences(await scanned(config, 'm/README.md'));

    expect(settled).toMatchObject({ verdict: 'suspicious' });
    expect(settled?.findings.map(({ rule }) => rule)).toEqual(['huggingface.remote-code', 'huggingface.missing-code']);
  });

  test('is not missing where the folder has it', async () => {
    const [settled] = settleReferences(await scanned(config, 'm/README.md', 'm/modeling_x.py'));

    expect(settled?.findings.map(({ rule }) => rule)).toEqual(['huggingface.remote-code']);
  });

  test('is not missed where nothing else of the folder was looked at', async () => {
    const [settled] = settleReferences(await scanned(config, 'n/README.md'));

    expect(settled?.findings.map(({ rule }) => rule)).toEqual(['huggingface.remote-code']);
  });
});
