import { describe, expect, test } from 'vitest';
import { settleReferences } from '../../core/scanning/settle-references.ts';
import { concat, field, real, rulesOf, scanBytes } from './support.ts';

const text = (value: string) => field(8, concat(field(1, 7), field(8, value)));
const attribute = (name: string, value: Uint8Array) => field(5, concat(field(1, name), field(2, value)));
const node = (op: string, name = op, inputs: readonly string[] = [], ...attributes: Uint8Array[]) =>
  field(1, concat(field(1, name), field(2, op), ...inputs.map((input) => field(3, input)), ...attributes));
const constant = (name: string, value: string) => node('Const', name, [], attribute('value', text(value)));
const call = (name: string, callee: string, inputs: readonly string[]) =>
  node('PartitionedCall', name, inputs, attribute('f', field(10, field(1, callee))));
/** A function of a library; its nodes have field 3. */
const definition = (name: string, parameters: readonly string[], ...nodes: Uint8Array[]) =>
  field(
    1,
    concat(
      field(1, concat(field(1, name), ...parameters.map((each) => field(2, field(1, each))))),
      ...nodes.map((each) => concat([3 * 8 + 2], each.slice(1))),
    ),
  );
const library = (...definitions: Uint8Array[]) => field(2, concat(...definitions));

type Meta = {
  readonly saver?: string;
  readonly asset?: { tensor: string; filename: string };
  readonly objects?: Uint8Array;
};
const savedModel = (graph: readonly Uint8Array[], { saver, asset, objects }: Meta = {}): Uint8Array =>
  concat(
    field(1, 1),
    field(
      2,
      concat(
        field(1, field(4, 'serve')),
        field(2, concat(...graph)),
        saver === undefined ? [] : field(3, field(1, saver)),
        asset === undefined ? [] : field(6, concat(field(1, field(1, asset.tensor)), field(2, asset.filename))),
        objects === undefined ? [] : field(7, objects),
      ),
    ),
  );

describe('a SavedModel', () => {
  test('of operators that compute is clean', async () => {
    const scan = await scanBytes(savedModel([node('Placeholder', 'x'), node('MatMul', 'y', ['x', 'x:0'])]));

    expect(scan).toMatchObject({ verdict: 'clean', format: 'saved-model', findings: [] });
  });

  test.each([
    'ReadFile',
    'WriteFile',
    'PyFunc',
    'PyFuncStateless',
    'EagerPyFunc',
    'LoadAndRemapMatrix',
    'MatchingFiles',
    'TextLineDataset',
    'PrintV2',
  ])('with the operator %s is malicious, in its graph and in its functions', async (op) => {
    const inGraph = await scanBytes(savedModel([node(op)]));
    const inFunction = await scanBytes(savedModel([node('NoOp'), library(definition('f', [], node(op)))]));

    expect([inGraph.verdict, rulesOf(inGraph)]).toEqual(['malicious', ['tensorflow.opens']]);
    expect([inFunction.verdict, rulesOf(inFunction)]).toEqual(['malicious', ['tensorflow.opens']]);
  });

  test('with an operator that TensorFlow does not bring along is suspicious', async () => {
    const scan = await scanBytes(savedModel([node('AcmeMagic')]));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['tensorflow.operator']]);
  });

  const SAVING = library(
    definition(
      'save',
      ['prefix'],
      node('StringJoin', 'j', ['prefix', 'c']),
      constant('c', 'part'),
      node('SaveV2', 's', ['j:output:0', 'c', 'c']),
    ),
  );

  test('may save and restore what its saver names', async () => {
    const scan = await scanBytes(
      savedModel([node('Placeholder', 'saver_filename'), call('out', 'save', ['saver_filename:0']), SAVING], {
        saver: 'saver_filename:0',
      }),
    );

    expect(scan).toMatchObject({ verdict: 'clean', findings: [] });
  });

  test.each([
    ['SaveV2 of a constant path', [constant('p', '/etc/cron.d/x'), node('SaveV2', 's', ['p'])]],
    ['RestoreV2 of a constant path', [constant('p', '/etc/x'), node('RestoreV2', 's', ['p'])]],
    ['RestoreV2 of what the caller gives', [node('Placeholder', 'x'), node('RestoreV2', 's', ['x'])]],
    ['a call of its saver with another path', [constant('p', '../../x'), call('out', 'save', ['p']), SAVING]],
    [
      'a path from a saver and a constant',
      [
        node('Placeholder', 'saver_filename'),
        constant('p', 'gs://elsewhere/x'),
        node('Select', 'q', ['p', 'saver_filename', 'p']),
        node('SaveV2', 's', ['q']),
      ],
    ],
    [
      'a saver that a loop calls',
      [
        node('Placeholder', 'saver_filename'),
        node('While', 'w', ['saver_filename'], attribute('body', field(10, field(1, 'save')))),
        SAVING,
      ],
    ],
    [
      'InitializeTableFromTextFileV2 of a constant',
      [constant('p', '/etc/passwd'), node('InitializeTableFromTextFileV2', 't', ['h', 'p'])],
    ],
  ])('with %s is malicious', async (_what, graph) => {
    const scan = await scanBytes(savedModel(graph, { saver: 'saver_filename:0' }));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', ['tensorflow.file-path']]);
  });

  test('may fill a table from an asset of its own, not from one outside', async () => {
    const graph = [constant('p', 'vocab.txt'), node('InitializeTableFromTextFileV2', 't', ['h', 'p'])];

    const own = await scanBytes(savedModel(graph, { asset: { tensor: 'p:0', filename: 'vocab.txt' } }));
    const outside = await scanBytes(savedModel(graph, { asset: { tensor: 'p:0', filename: '../../etc/passwd' } }));

    expect([own.verdict, rulesOf(outside)]).toEqual(['clean', ['tensorflow.asset-path']]);
  });

  describe('with an asset whose path it keeps in a variable', () => {
    const asset = { tensor: 'asset:0', filename: 'vocab.txt' };
    const variable = (name: string, shared: string) =>
      node('VarHandleOp', name, [], attribute('shared_name', field(2, shared)));
    const kept = [
      node('Placeholder', 'asset'),
      variable('v', 'path'),
      node('AssignVariableOp', 'a', ['v', 'asset']),
      node('ReadVariableOp', 'r', ['v', '^a']),
      call('out', 'fill', ['r']),
      library(definition('fill', ['file'], node('InitializeTableFromTextFileV2', 't', ['h', 'file']))),
    ];

    test('is clean, as TensorFlow writes it', async () => {
      expect(await scanBytes(savedModel(kept, { asset }))).toMatchObject({ verdict: 'clean', findings: [] });
    });

    test.each([
      ['gets another path too', [constant('p', '/etc/passwd'), node('AssignVariableOp', 'b', ['v', 'p'])]],
      ['has a second handle', [variable('w', 'path')]],
      ['has a second handle in a function', [library(definition('g', [], variable('w', 'path')))]],
      ['is handed to a function', [call('c', 'g', ['v'])]],
    ])('is malicious if the variable %s', async (_what, more) => {
      const scan = await scanBytes(savedModel([...kept, ...more], { asset }));

      expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', ['tensorflow.file-path']]);
    });

    test('is malicious if nothing is ever written to the variable', async () => {
      const scan = await scanBytes(savedModel([...kept.slice(0, 2), ...kept.slice(3)], { asset }));

      expect(rulesOf(scan)).toContain('tensorflow.file-path');
    });
  });

  test('with a Lambda layer of Keras is malicious, here and in keras_metadata.pb', async () => {
    const layer = '{"class_name": "Lambda", "config": {}}';
    const objects = field(1, field(4, concat(field(1, '_tf_keras_layer'), field(3, layer))));
    const metadata = field(1, concat(field(2, 'root.layer'), field(3, '_tf_keras_layer'), field(4, layer)));

    const model = await scanBytes(savedModel([node('NoOp')], { objects }));
    const beside = await scanBytes(metadata, 'keras_metadata.pb');

    expect([rulesOf(model), rulesOf(beside)]).toEqual([['tensorflow.lambda'], ['tensorflow.lambda']]);
    expect(beside.format).toBe('keras-metadata');
  });

  test.each([
    ['with two nodes of one name', savedModel([node('ReadFile', 'a'), node('NoOp', 'a')])],
    ['without a graph', concat(field(1, 1), field(2, field(1, field(4, 'serve'))))],
    ['with unknown fields', concat(savedModel([node('NoOp')]), field(9, 'x'))],
    ['cut off', savedModel([node('NoOp')]).slice(0, -1)],
  ])('%s is not clean', async (_what, bytes) => {
    const scan = await scanBytes(bytes);

    expect(scan.verdict).toBe('not-scannable');
  });

  test('with functions that call each other without end is malicious', async () => {
    const chain = Array.from({ length: 5_000 }, (_, i) => definition(`f${i}`, ['p'], call('c', `f${i + 1}`, ['p'])));
    const loop = [definition('a', ['p'], call('c', 'b', ['p'])), definition('b', ['p'], call('c', 'a', ['p']))];

    const deep = await scanBytes(savedModel([call('c', 'f0', ['x']), library(...chain)]));
    const endless = await scanBytes(savedModel([call('c', 'a', ['x']), library(...loop)]));

    expect([rulesOf(deep), rulesOf(endless)]).toEqual([['tensorflow.file-path'], ['tensorflow.file-path']]);
  });
});

test('a frozen graph is judged by the same operators', async () => {
  const clean = await scanBytes(concat(node('Placeholder', 'x'), node('Relu', 'y', ['x'])));
  const hostile = await scanBytes(node('ReadFile'));

  expect([clean.format, clean.verdict, rulesOf(hostile)]).toEqual(['tensorflow-graph', 'clean', ['tensorflow.opens']]);
});

test('the numbers of a checkpoint are clean together with its index', async () => {
  const index = await scanBytes(real('variables.index'), 'm/variables/variables.index');
  const data = await scanBytes(new Uint8Array([1, 2, 3, 0, 255]), 'm/variables/variables.data-00000-of-00001');
  const other = await scanBytes(new Uint8Array([1, 2, 3, 0, 255]), 'm/variables/other.data-00000-of-00001');

  const [, settled, alone] = settleReferences([index, data, other]);

  expect(data.verdict).toBe('not-scannable');
  expect(settled).toMatchObject({ verdict: 'clean', format: 'tensorflow-checkpoint-data' });
  expect(alone?.verdict).toBe('not-scannable');
});

test('a fingerprint that begins like a zlib stream is a fingerprint', async () => {
  // 8 and 29 are a header of zlib; so is one in thirty of these files.
  const hashes = [1, 2, 3, 4].map((number) => field(number, number === 1 ? 29 : 7));

  const scan = await scanBytes(concat(...hashes, field(6, 'v')), 'fingerprint.pb');

  expect(scan).toMatchObject({ verdict: 'clean', format: 'tensorflow-fingerprint' });
});
