import { describe, expect, test } from 'vitest';
import { attribute, hdf5, linkInfo } from '../support/hdf5.ts';
import { hostileHdf5, real, rulesOf, scanBytes, zip } from './support.ts';

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const object = (module: string | null, name: string, config: Json = {}, more: Record<string, Json> = {}): Json => ({
  module,
  class_name: name,
  config,
  registered_name: null,
  ...more,
});
const layer = (name: string, config: Json = {}, more: Record<string, Json> = {}) =>
  object('keras.layers', name, config, more);
const named = (module: string, name: string) => object(module, 'function', name, { registered_name: name });
const sequential = (...layers: readonly Json[]): Json => object('keras', 'Sequential', { name: 's', layers });

const archive = (config: string | Uint8Array, weights = real('keras-model.weights.h5')): Uint8Array =>
  zip([
    { name: 'metadata.json', content: utf8('{"keras_version": "3.15.1"}') },
    { name: 'config.json', content: typeof config === 'string' ? utf8(config) : config },
    { name: 'model.weights.h5', content: weights },
  ]);
const legacy = (name: string, config: Json) => hdf5([linkInfo, attribute(name, JSON.stringify(config))]);

/** Every form in which a model can come. */
const FORMS: readonly (readonly [form: string, build: (config: Json) => Uint8Array])[] = [
  ['a .keras archive', (config) => archive(JSON.stringify(config))],
  ['the model_config of an .h5 file', (config) => legacy('model_config', config)],
  ['the training_config of an .h5 file', (config) => legacy('training_config', { optimizer_config: config })],
  ['any other text of an .h5 file', (config) => legacy('note', config)],
  ['a config.json', (config) => utf8(JSON.stringify(config))],
  ['a compile_config', (config) => archive(JSON.stringify(sequential(layer('Dense', {}, { compile_config: config }))))],
  ['a build_config', (config) => archive(JSON.stringify(sequential(layer('Dense', {}, { build_config: config }))))],
  [
    'the arguments of a layer',
    (config) =>
      archive(JSON.stringify(sequential(layer('Dense', {}, { inbound_nodes: [{ args: [config], kwargs: {} }] })))),
  ],
  [
    'a layer in a layer in a layer',
    (config) => archive(JSON.stringify(sequential(layer('Bidirectional', { layer: layer('RNN', { cell: config }) })))),
  ],
];

const BYTECODE = ['4wEAAAA=\n', null, null];
const LAMBDA = { class_name: '__lambda__', config: { code: BYTECODE[0] ?? '', defaults: null, closure: null } };

const ATTACKS: readonly (readonly [what: string, config: Json, verdict: string, rule: string])[] = [
  ['a Lambda layer (CVE-2025-9905)', layer('Lambda', { function: LAMBDA }), 'malicious', 'keras.lambda'],
  [
    'a Lambda layer of Keras 2',
    { class_name: 'Lambda', config: { function: BYTECODE, function_type: 'lambda' } },
    'malicious',
    'keras.lambda',
  ],
  ['a lambda for the shape', layer('Lambda', { function: null, output_shape: LAMBDA }), 'malicious', 'keras.lambda'],
  ['a lambda as an activation', layer('Dense', { activation: LAMBDA }), 'malicious', 'keras.lambda'],
  ['a function of os (CVE-2025-1550)', named('os', 'system'), 'malicious', 'keras.unsafe-object'],
  ['a class of subprocess', object('subprocess', 'Popen', { args: 'true' }), 'malicious', 'keras.unsafe-object'],
  ['a download (CVE-2025-8747)', named('keras.utils', 'get_file'), 'malicious', 'keras.unsafe-object'],
  ['a download of Keras 2', named('tf_keras.src.utils', 'get_file'), 'malicious', 'keras.unsafe-object'],
  [
    'the switch of safe mode (CVE-2025-9906)',
    named('keras.config', 'enable_unsafe_deserialization'),
    'malicious',
    'keras.unsafe-object',
  ],
  ['another model', named('keras.models', 'load_model'), 'malicious', 'keras.unsafe-object'],
  [
    'a pickled module of torch (CVE-2025-49655)',
    layer('TorchModuleWrapper', { module: 'gASV' }),
    'malicious',
    'keras.unsafe-object',
  ],
  ['a SavedModel', layer('TFSMLayer', { filepath: '/tmp/m' }), 'malicious', 'keras.unsafe-object'],
  [
    'an operation of TensorFlow that writes',
    { class_name: 'TFOpLambda', config: { function: 'io.write_file' } },
    'malicious',
    'keras.unsafe-object',
  ],
  [
    'a vocabulary from a file (CVE-2025-12058)',
    layer('StringLookup', { vocabulary: '/etc/passwd' }),
    'malicious',
    'keras.external-path',
  ],
  [
    'a vocabulary from an address',
    layer('TextVectorization', { vocabulary: 'http://169.254.169.254/latest' }),
    'malicious',
    'keras.external-path',
  ],
  [
    'a vocabulary of Keras 2 from above',
    { class_name: 'IntegerLookup', config: { vocabulary: '../words' } },
    'malicious',
    'keras.external-path',
  ],
  ['a vocabulary beside', layer('StringLookup', { vocabulary: 'words.txt' }), 'suspicious', 'keras.external-file'],
  ['a class of nobody', object('acme.layers', 'Dense'), 'suspicious', 'keras.custom-object'],
  ['a class without a module', object(null, 'AcmeDense'), 'suspicious', 'keras.custom-object'],
  ['a module that no class is in', object('keras.src.utils', 'Dense'), 'suspicious', 'keras.custom-object'],
  ['a path through a module', object('keras.layers.Dense', 'os'), 'suspicious', 'keras.custom-object'],
  [
    'a registered class',
    object(null, 'Dense', {}, { registered_name: 'acme>Dense' }),
    'suspicious',
    'keras.custom-object',
  ],
  [
    'another class under a name of Keras',
    layer('Dense', {}, { registered_name: 'acme>Evil' }),
    'suspicious',
    'keras.custom-object',
  ],
  ['a registered class of Keras 2', { class_name: 'Custom>Evil', config: {} }, 'suspicious', 'keras.custom-object'],
  ['a registered function', layer('Dense', { activation: 'acme>swish' }), 'suspicious', 'keras.custom-object'],
  ['a function of nobody', named('acme', 'swish'), 'suspicious', 'keras.custom-object'],
  ['a named function in a Lambda layer', layer('Lambda', { function: 'f' }), 'suspicious', 'keras.custom-object'],
  [
    'a type of nobody',
    { class_name: '__typespec__', module: 'acme', spec_name: 'TensorSpec', config: [], registered_name: null },
    'suspicious',
    'keras.custom-object',
  ],
  ['a name that is none', { class_name: ['Dense'], config: {} }, 'suspicious', 'keras.malformed'],
  ['a function that is none', object('builtins', 'function', { a: 1 }), 'suspicious', 'keras.malformed'],
];

describe.each(FORMS)('in %s', (_form, build) => {
  test.each(ATTACKS)('%s is not clean', async (_what, config, verdict, rule) => {
    const scan = await scanBytes(build(config), 'config.json');

    expect([scan.verdict, rulesOf(scan)]).toEqual([verdict, [rule]]);
  });
});

test.each([
  ['layers', sequential(layer('InputLayer'), layer('Dense', { activation: 'relu' }))],
  ['layers of Keras 2', { class_name: 'Sequential', config: [{ class_name: 'Dense', config: {} }] }],
  ['names of tf_keras', object('tf_keras.layers', 'Dense')],
  ['an optimizer as Keras 2 registers it', { class_name: 'Custom>Adam', config: {} }],
  ['functions', layer('Dense', { activation: named('builtins', 'relu'), x: named('keras.losses', 'mse') })],
  ['operations', { class_name: 'TFOpLambda', config: { function: 'compat.v1.nn.softmax' } }],
  ['a Lambda layer of an operation', layer('Lambda', { function: named('keras.ops', 'abs') })],
  ['words with signs', layer('StringLookup', { vocabulary: ['a>b', '/etc/passwd', '__lambda__'] })],
  ['values', layer('Add', { a: { class_name: '__tuple__', items: [1, { class_name: '__numpy__', config: {} }] } })],
])('a configuration of %s is clean', async (_what, config) => {
  const scans = await Promise.all(FORMS.slice(0, 5).map(([, build]) => scanBytes(build(config as Json))));

  expect(scans.flatMap(({ findings }) => findings)).toEqual([]);
});

test('a configuration with numbers as only Python writes them is read', async () => {
  const text = JSON.stringify(sequential(layer('ReLU', { max_value: 6 }))).replace('6', 'Infinity');

  expect(await scanBytes(archive(text))).toMatchObject({ verdict: 'clean', format: 'keras' });
  expect(await scanBytes(utf8(text))).toMatchObject({ verdict: 'clean', format: 'keras-config' });
});

describe('a configuration that can be read in two ways', () => {
  const lambda = JSON.stringify(sequential(layer('Lambda', { function: LAMBDA })));
  const harmless = JSON.stringify(sequential());

  test.each([
    ['a name twice', `{"class_name": "Sequential", "config": {}, "config": ${lambda}}`],
    ['spelled names', lambda.replaceAll('class_name', 'cl\\u0061ss_name').replaceAll('__lambda__', '\\u005f_lambda__')],
    ['a number that is none in JSON', lambda.replace('"s"', 'NaN')],
    ['a mark of the byte order', `\ufeff${lambda}`],
    ['blanks in front', `${' '.repeat(70_000)}${lambda}`],
  ])('with %s is not clean, in an archive and alone', async (_what, text) => {
    const [packed, alone] = await Promise.all([scanBytes(archive(text)), scanBytes(utf8(text), 'architecture.json')]);

    expect([packed.verdict, alone.verdict]).not.toContain('clean');
  });

  test.each([
    ['UTF-16', new Uint8Array(Buffer.from(lambda, 'utf16le'))],
    ['more blanks than are read', utf8(`${' '.repeat(17 * 1024 * 1024)}${lambda}`)],
    ['nothing', utf8('')],
    ['something else', utf8('{"layers": []}')],
    ['text behind it', utf8(`${harmless} ${lambda}`)],
  ])('of %s makes an archive not clean', async (_what, config) => {
    const scan = await scanBytes(archive(config));

    expect(scan.verdict).not.toBe('clean');
  });

  test('is told by what is behind the names in an .h5 file', async () => {
    const twice = hdf5([linkInfo, attribute('model_config', `{"class_name": "A", "class_name": "B"}`)]);
    const number = hdf5([linkInfo, attribute('model_config', new Uint8Array([0xff, 0xfe]))]);

    expect(rulesOf(await scanBytes(twice))).toEqual(['keras.malformed']);
    expect(rulesOf(await scanBytes(number))).toEqual(['keras.malformed']);
  });
});

test('the weights in an archive are read like any other file: they may lead outside', async () => {
  const harmless = JSON.stringify(sequential());

  const scan = await scanBytes(archive(harmless, hostileHdf5('external-link.h5')));

  expect(scan).toMatchObject({ verdict: 'malicious', format: 'keras' });
  expect(scan.findings).toEqual([expect.objectContaining({ rule: 'hdf5.external-path', member: 'model.weights.h5' })]);
});

test('other documents that name classes are no configurations', async () => {
  const labels = utf8('[{"class_name": "dog", "module": "os"}, {"class_name": "cat"}]');
  const lines = utf8('{"class_name": "dog", "config": 1}\n{"class_name": "cat", "config": 2}\n');

  expect((await scanBytes(labels, 'labels.json')).verdict).toBe('clean');
  expect((await scanBytes(lines, 'labels.jsonl')).verdict).toBe('clean');
});
