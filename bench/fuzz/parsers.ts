import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/paths.ts';
import { anyBytes } from './mutators/any-bytes.ts';
import { changeGzip, changeMember, changeTar, changeZipHeader } from './mutators/containers.ts';
import { changeJson, changeSafetensors } from './mutators/json.ts';
import type { Mutator } from './mutators/mutator.ts';
import { pickleMutators } from './mutators/pickle.ts';
import { changeField } from './mutators/protobuf.ts';
import { changeLines } from './mutators/text.ts';
import { tarOf } from './seeds.ts';

type Mutators = readonly [Mutator, ...Mutator[]];

export type Parser = {
  /** What the file is called: some readers are chosen by the name. */
  readonly file: string;
  readonly seeds: () => readonly Uint8Array[];
  readonly mutators: Mutators;
};

const VECTORS = join(root, 'test', 'vectors', 'scanning');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const named =
  (pattern: RegExp, folder: 'real' | 'repositories' = 'real') =>
  (): Uint8Array[] =>
    readdirSync(join(VECTORS, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => new Uint8Array(readFileSync(join(VECTORS, folder, name))));

type Vectors = readonly { readonly b64: string }[];
const corpus = (): Uint8Array[] =>
  (JSON.parse(readFileSync(join(VECTORS, 'pickle-corpus.json'), 'utf8')) as Vectors)
    .map(({ b64 }) => new Uint8Array(Buffer.from(b64, 'base64')))
    .filter(({ length }) => length < 5000);

type Compressed = { readonly files: readonly { readonly base64: string }[] };
const compressed = (): Uint8Array[] =>
  (JSON.parse(readFileSync(join(VECTORS, 'compressed.json'), 'utf8')) as Compressed).files.map(
    ({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')),
  );

const templates = (): Uint8Array[] =>
  readdirSync(join(VECTORS, 'templates'))
    .sort()
    .map((name) => new Uint8Array(readFileSync(join(VECTORS, 'templates', name))));

/** One or the other, as often. */
const either =
  (first: Mutators, second: Mutators): Mutator =>
  (bytes, random, other) =>
    random.pick(random.chance(0.5) ? first : second)(bytes, random, other);

const pickled = either(pickleMutators, anyBytes);
const any: Mutator = (bytes, random, other) => random.pick(anyBytes)(bytes, random, other);

const JINJA = [
  '{%',
  '%}',
  '{{',
  '}}',
  '{#',
  '-',
  "'",
  '|',
  '.',
  '[',
  '(',
  '~',
  ' if ',
  ' for ',
  ' set ',
  '__class__',
  'namespace(',
] as const;
const YAML = [
  ':',
  '- ',
  '"',
  '&a ',
  '*a',
  '!!python/object:',
  '\t',
  '[',
  '{',
  '|',
  '../',
  'loader_module',
  'code',
] as const;
const PACKAGES = ['-r ', '-e ', '--index-url ', ' @ ', 'git+', 'http://', ';', '\\', '==', '$(', '#'] as const;
const TREES = ['=', ' ', 'tree', 'num_cat=', 'nan', '-', '1e999', '\0'] as const;

/** Readers, each with inputs to begin with and with ways to change them that know the format. */
export const PARSERS: Readonly<Record<string, Parser>> = {
  pickle: { file: 'm.pkl', seeds: () => [...named(/\.pkl$|legacy\.pt$/)(), ...corpus()], mutators: [pickled] },
  joblib: { file: 'm.joblib', seeds: named(/^[a-z]+\.joblib$/), mutators: [pickled] },
  torch: {
    file: 'm.pt',
    seeds: named(/^(?:module|state-dict)\.pt$/),
    mutators: [changeMember(pickled), changeMember(pickled), changeZipHeader, any],
  },
  torchscript: {
    file: 'm.pt',
    seeds: named(/^script\.pt$/),
    mutators: [
      changeMember(either([changeLines(['torch.', 'ops.', '(', ')', 'def ', ':'])], anyBytes)),
      changeZipHeader,
    ],
  },
  npy: {
    file: 'm.npy',
    seeds: named(/\.npy$/),
    mutators: [any, changeLines(['(', ')', ',', "'O'", 'descr', '9'.repeat(20)])],
  },
  npz: { file: 'm.npz', seeds: named(/\.npz$/), mutators: [changeZipHeader, any] },
  zip: { file: 'm.zip', seeds: named(/\.(?:npz|pt|keras|skops)$/), mutators: [changeZipHeader, any] },
  tar: { file: 'm.tar', seeds: () => [tarOf({ 'a.json': '{}', 'dir/b.txt': 'text' })], mutators: [changeTar] },
  gzip: { file: 'm.joblib', seeds: named(/gzip\.joblib$/), mutators: [changeGzip(pickled), any] },
  packed: { file: 'm.joblib', seeds: compressed, mutators: [any] },
  safetensors: { file: 'm.safetensors', seeds: named(/\.safetensors$/), mutators: [changeSafetensors, any] },
  gguf: { file: 'm.gguf', seeds: named(/\.gguf$/), mutators: [any] },
  onnx: { file: 'm.onnx', seeds: named(/\.onnx$/), mutators: [changeField, changeField, any] },
  tensorflow: { file: 'm.pb', seeds: named(/\.(?:pb|index)$/), mutators: [changeField, changeField, any] },
  'xgboost-json': { file: 'm.json', seeds: named(/^trees\.json$/), mutators: [changeJson] },
  'xgboost-ubjson': { file: 'm.ubj', seeds: named(/\.ubj$/), mutators: [any] },
  lightgbm: { file: 'm.txt', seeds: named(/\.lightgbm$/), mutators: [changeLines(TREES), any] },
  catboost: { file: 'm.cbm', seeds: named(/\.cbm$/), mutators: [any] },
  hdf5: { file: 'm.h5', seeds: named(/\.h5$/), mutators: [any] },
  keras: { file: 'm.keras', seeds: named(/\.keras$/), mutators: [changeMember(changeJson), changeZipHeader] },
  skops: {
    file: 'm.skops',
    seeds: named(/\.skops$/, 'repositories'),
    mutators: [changeMember(changeJson), changeZipHeader],
  },
  template: { file: 'chat_template.jinja', seeds: templates, mutators: [changeLines(JINJA), any] },
  settings: {
    file: 'config.json',
    seeds: () => [
      utf8('{"model_type":"bert","auto_map":{"AutoModel":"modeling.Net"},"layers":[1,2]}'),
      utf8('{"_target_":"acme.Net","args":{"_target_":"torch.nn.Linear"}}'),
    ],
    mutators: [changeJson, any],
  },
  mlflow: {
    file: 'MLmodel',
    seeds: () => [
      utf8(
        'artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n  sklearn:\n    code: null\n    pickled_model: model.pkl\nmodel_uuid: a1\nsignature:\n  inputs: \'[{"type": "double"}]\'\n',
      ),
    ],
    mutators: [changeLines(YAML), any],
  },
  requirements: {
    file: 'requirements.txt',
    seeds: () => [
      utf8(
        '# packages\nnumpy==2.4.6\nscikit-learn>=1.4,<2 ; python_version > "3.9"\ntorch @ https://example.org/t.whl\n',
      ),
    ],
    mutators: [changeLines(PACKAGES), any],
  },
  parquet: { file: 'm.parquet', seeds: named(/\.parquet$/), mutators: [any] },
};
