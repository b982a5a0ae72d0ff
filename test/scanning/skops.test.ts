import { describe, expect, test } from 'vitest';
import { npy, PAYLOAD, pickle, rulesOf, scanBytes, zip } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

type Node = Readonly<Record<string, unknown>>;
const node = (loader: string, name: string, more: Node = {}): Node => {
  const at = name.lastIndexOf('.');
  return { __class__: name.slice(at + 1), __module__: name.slice(0, at), __loader__: loader, ...more };
};
const json = (value: unknown) => node('JsonNode', 'builtins.str', { content: JSON.stringify(value), is_json: true });
const dict = (content: Node) =>
  node('DictNode', 'builtins.dict', { content, key_types: node('ListNode', 'builtins.list', { content: [] }) });
const object = (name: string, attributes: Node = {}) => node('ObjectNode', name, { content: dict(attributes) });
const ridge = (attributes: Node = {}) => object('sklearn.linear_model._ridge.Ridge', attributes);

const file = (root: Node, ...members: { name: string; content: Uint8Array }[]) =>
  zip([
    ...members,
    { name: 'schema.json', content: utf8(JSON.stringify({ ...root, protocol: 2, _skops_version: '0.16.0' })) },
  ]);
const scanFile = (root: Node) => scanBytes(file(root), 'model.skops');

describe('a skops file', () => {
  test.each([
    ['a class of nobody knows what', object('acme.models.Net'), 'skops.type'],
    [
      'a class, deep inside',
      ridge({ a: node('ListNode', 'builtins.list', { content: [object('acme.X')] }) }),
      'skops.type',
    ],
    ['an object that runs commands', object('subprocess.Popen'), 'skops.type-dangerous'],
    [
      'what is made with arguments',
      node('ConstructorFromReduceNode', 'os.system', { content: json(['id']) }),
      'skops.type-dangerous',
    ],
    ['a function that runs commands', ridge({ f: node('FunctionNode', 'os.system') }), 'skops.type-dangerous'],
    ['a builtin', ridge({ f: node('TypeNode', 'builtins.eval') }), 'skops.type-dangerous'],
    ['a loss that is none', node('LossNode', 'os.system', { __reduce__: { args: json([]) } }), 'skops.type-dangerous'],
    [
      'what pickles may call with arguments that are looked at',
      node('ConstructorFromReduceNode', 'torch.storage._load_from_bytes', { content: json(['x']) }),
      'skops.type-dangerous',
    ],
    [
      'a function that pickles may call',
      ridge({ f: node('FunctionNode', 'copyreg._reconstructor') }),
      'skops.type-dangerous',
    ],
    ['a constructor of Cython', node('ConstructorFromReduceNode', 'sklearn.neighbors._kd_tree.newObj'), 'skops.type'],
    ['an array that is none', node('NdArrayNode', 'acme.Array', { type: 'numpy', file: 'a.npy' }), 'skops.type'],
    [
      'an operator of another name (CVE-2025-54412)',
      node('OperatorFuncNode', 'sklearn.linear_model._ridge.call'),
      'skops.forged-node',
    ],
    ['an operator that calls', node('OperatorFuncNode', 'operator.call'), 'skops.forged-node'],
    ['an operator that skops writes', node('OperatorFuncNode', 'operator.methodcaller'), 'skops.call'],
    [
      'a method of another object (CVE-2025-54413)',
      node('MethodNode', 'sklearn.linear_model._ridge.Ridge', { content: { func: 'predict', obj: json('x') } }),
      'skops.forged-node',
    ],
    [
      'a method that leads inside',
      node('MethodNode', 'sklearn.linear_model._ridge.Ridge', { content: { func: '__reduce__', obj: ridge() } }),
      'skops.forged-node',
    ],
    [
      'a method that skops writes',
      node('MethodNode', 'sklearn.linear_model._ridge.Ridge', { content: { func: 'predict', obj: ridge() } }),
      'skops.call',
    ],
    ['a list that is a class', node('ListNode', 'subprocess.Popen', { content: [] }), 'skops.forged-node'],
    ['a partial of another kind', node('PartialNode', 'acme.partial', { content: {} }), 'skops.forged-node'],
    [
      'a generator that seeds',
      node('RandomGeneratorNode', 'numpy.random._generator.Generator', {
        content: { bit_generator: dict({ bit_generator: json('seed') }) },
      }),
      'skops.forged-node',
    ],
    ['a loader of another version', node('ExecNode', 'builtins.str'), 'skops.loader'],
  ])('with %s', async (_what, root, rule) => {
    const scan = await scanFile(root);

    expect(scan.format).toBe('skops');
    expect(rulesOf(scan)).toEqual([rule]);
    expect(scan.findings[0]?.member).toBe('schema.json');
  });

  test('with a member that is a pickle is what the pickle is (CVE-2025-54886)', async () => {
    const scan = await scanBytes(file(ridge(), { name: 'a.npy', content: pickle(PAYLOAD) }), 'model.skops');

    expect(scan.verdict).toBe('malicious');
  });

  test('that is none but a pickle is what the pickle is', async () => {
    const scan = await scanBytes(pickle(PAYLOAD), 'model.skops');

    expect(scan).toMatchObject({ verdict: 'malicious', format: 'pickle' });
  });

  test('of scikit-learn and numpy is clean', async () => {
    const array = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8));
    const root = ridge({
      coef_: node('NdArrayNode', 'numpy.ndarray', { type: 'numpy', file: 'a.npy' }),
      dtype: node('TypeNode', 'numpy.float64'),
      score: node('FunctionNode', 'sklearn.feature_selection._univariate_selection.f_classif'),
      log: node('PartialNode', 'functools.partial', { content: { func: node('FunctionNode', 'numpy.log1p') } }),
      seen: node('CachedNode', 'sklearn.linear_model._ridge.Ridge'),
      bytes: node('BytesNode', 'builtins.bytes', { file: '8194052b-80df-4c48-8e8c-6c630bb523cf.bin' }),
      __loader__: json('a key like any other'),
    });

    const scan = await scanBytes(
      file(
        root,
        { name: 'a.npy', content: array },
        { name: '8194052b-80df-4c48-8e8c-6c630bb523cf.bin', content: Uint8Array.of(1, 2, 255, 0) },
      ),
      'model.skops',
    );

    expect(scan).toMatchObject({ verdict: 'clean', findings: [], format: 'skops' });
  });

  test('may keep what the stage allows', async () => {
    const scan = await scanBytes(file(object('acme.models.Net')), 'm.skops', { allowedGlobals: ['acme.models.Net'] });

    expect(scan.verdict).toBe('clean');
  });
});
