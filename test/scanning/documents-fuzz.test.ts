import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RULES } from '../../core/scanning/rules.ts';
import { worked } from '../support/worked.ts';
import { scanBytes } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** What any text of any name may give: a verdict with known rules, for a bounded amount of work. */
const expectAnswer = async (bytes: Uint8Array, name: string): Promise<void> => {
  const [scan, seconds] = await worked(() => scanBytes(bytes, name));

  expect(seconds).toBeLessThan(1.5);
  expect(scan.findings.every(({ rule }) => rule in RULES)).toBe(true);
  expect(scan.verdict === 'clean').toBe(scan.findings.length === 0);
};

const NAMES = [
  'config.json',
  'modules.json',
  'model_index.json',
  'schema.json',
  'MANIFEST.json',
  'MLmodel',
  'model_config.yaml',
  'conda.yaml',
  'python_env.yaml',
  'requirements.txt',
  'pyproject.toml',
  'pip.conf',
  'chat_template.jinja',
  'pickle_module_info.txt',
  'README.md',
  'notebook.ipynb',
];

/** Words that mean something to one of the readers, and what stands between them. */
const WORDS = [
  '_target_ target params auto_map chat_template weight_map trust_remote_code flavors python_function loader_module',
  'code data model handler modelName __class__ __module__ __loader__ ObjectNode OperatorFuncNode content protocol',
  'channels dependencies pip cells nbformat cell_type types structure type path idx _class_name os.system torch.nn.Linear',
  '--index-url -e -r --hash https://x/y git+https://x numpy==2.4.6 ; | $( ` password= secret: hf_ AKIA :// @ eyJ . # %',
  '!!python/name:x %TAG &a *a << ? - : , [ ] { } " \' \\ \\u005f \\x5f | > ~ NaN Infinity null true 1 {{ }} {% %}',
]
  .join(' ')
  .split(' ');

const soup = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(' ', '\n', '\n  ', '\t', ': ', '\r\n')), { maxLength: 80 })
  .map((parts) => parts.join(''));

describe('any document gets an answer', () => {
  test('of any words, under any name', async () => {
    await fc.assert(
      fc.asyncProperty(soup, fc.constantFrom(...NAMES), (text, name) => expectAnswer(utf8(text), name)),
      { numRuns: 1500 },
    );
  });

  test('of any structure, under any name', async () => {
    const key = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 6 }));
    const leaf = fc.oneof(fc.constantFrom(...WORDS), fc.integer(), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('tree'), { maxLength: 5 }), fc.dictionary(key, tie('tree'))),
    }));

    await fc.assert(
      fc.asyncProperty(tree, fc.constantFrom(...NAMES), (document, name) =>
        expectAnswer(utf8(JSON.stringify([document][0] ?? {})), name),
      ),
      { numRuns: 1000 },
    );
  });

  const FOLDER = fileURLToPath(new URL('../vectors/scanning/repositories/', import.meta.url));
  const real = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:json|yaml|txt|jinja|skops|mar)$|MLmodel$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

  test('of a real library, with some bytes changed', async () => {
    const changed = fc.constantFrom(...real).chain((path) => {
      const bytes = new Uint8Array(readFileSync(path));
      const change = fc.tuple(fc.nat(bytes.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(34, 91, 123, 58, 10)));
      return fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => {
        for (const [at, value] of changes) bytes[at] = value;
        return { name: path, bytes };
      });
    });

    await fc.assert(
      fc.asyncProperty(changed, ({ name, bytes }) => expectAnswer(bytes, name)),
      { numRuns: 600 },
    );
  });
});

const MB = 1_000_000;
const fill = (text: string, size = MB) => text.repeat(Math.ceil(size / text.length)).slice(0, size);

describe('a megabyte of whatever takes longest is answered in a second', () => {
  test.each([
    ['nested lists of JSON', 'config.json', `${fill('[', MB / 2)}${fill(']', MB / 2)}`],
    ['nested objects of JSON', 'config.json', `${fill('{"a":', MB / 2)}1${fill('}', MB / 10)}`],
    ['targets of JSON', 'config.json', `[${fill('{"_target_":"os.system"},')}1]`],
    ['a target that is a deep structure', 'config.json', `{"_target_": ${fill('[', MB / 2)}${fill(']', MB / 2)}}`],
    ['a map of classes that is one', 'config.json', `{"auto_map": ${fill('["a.b",', MB / 2)}1${fill(']', MB / 14)}}`],
    [
      'nodes of skops',
      'schema.json',
      `{"__class__":"a","__module__":"b","__loader__":"ListNode","content":[${fill('{"__class__":"X","__module__":"os","__loader__":"ObjectNode"},')}1]}`,
    ],
    ['flow sequences of YAML', 'a.yaml', `a: [${fill('x,')}`],
    ['flow mappings of YAML', 'a.yaml', `a: {${fill('x: y, ')}}`],
    ['nested sequences of YAML', 'a.yaml', `a: ${fill('[')}`],
    ['nested dashes of YAML', 'a.yaml', fill('- ')],
    ['nested marked keys of YAML', 'a.yaml', fill('? ', 2000)],
    ['many marked keys of YAML', 'a.yaml', fill('? ')],
    ['keys of YAML', 'a.yaml', Array.from({ length: 60_000 }, (_, i) => `k${i}: v${i}\n`).join('')],
    ['one key of YAML over and over', 'a.yaml', fill('_target_: os.system\n')],
    ['aliases of YAML', 'a.yaml', `a: &a [x]\nb: [${fill('*a,')}]`],
    ['merged mappings of YAML', 'a.yaml', `a: &a {x: 1}\n${fill('b: {<<: *a}\n')}`],
    [
      'anchors that double',
      'a.yaml',
      Array.from({ length: 90 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`)
        .join('')
        .replace('*a0, *a0', 'x'),
    ],
    ['an unfinished string of YAML', 'a.yaml', `a: "${fill('\n')}`],
    ['a block of YAML', 'a.yaml', `a: |\n${fill(' x\n')}`],
    ['documents of YAML', 'a.yaml', fill('---\na\n')],
    ['directives of YAML', 'a.yaml', fill('%TAG !a! b\n')],
    ['words of a list of YAML', 'MLmodel', `flavors:\n  x:\n${fill('  - word\n')}`],
    ['a front matter without an end', 'README.md', fill('---\n')],
    ['options', 'requirements.txt', fill('--hash x ')],
    ['inclusions', 'requirements.txt', fill('-r ')],
    ['requirements', 'requirements.txt', fill('a; b\n')],
    ['continued lines', 'requirements.txt', fill('a \\\n')],
    ['brackets of requirements', 'requirements.txt', fill('a[')],
    ['spaces of requirements', 'requirements.txt', `a${fill(' ')}b`],
    ['packages of an environment', 'conda.yaml', `channels: []\ndependencies:\n${fill('- "a b | c"\n')}`],
    ['strings of a project', 'pyproject.toml', fill('"a @ b",')],
    ['settings of a project', 'pyproject.toml', fill('a = { git = ')],
    ['quotes of a project', 'pyproject.toml', fill('"\n')],
    ['brackets of a template', 'a.jinja', fill('{{ [')],
    ['cells of a notebook', 'a.ipynb', `{"nbformat":4,"cells":[${fill('{"cell_type":"code","source":["x"]},')}1]}`],
  ])('%s', async (_what, name, text) => {
    await expectAnswer(utf8(text), name);
  });
});

describe('wherever it stands in a document', () => {
  const place = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.constant('@'),
      fc
        .tuple(fc.string({ maxLength: 5 }), tie('tree'))
        .map(([key, tree]) => `{${JSON.stringify(key)}: 1, "b": ${tree}}`),
      fc.tuple(fc.integer(), tie('tree')).map(([number, tree]) => `[${number}, ${tree}, null]`),
      tie('tree').map((tree) => `{"a": ${tree}, "a2": [Infinity]}`),
    ),
  })).tree;

  test.each([
    ['a target', '{"_target_": "os.system"}', ['config.json', 'x.json', 'model.yaml']],
    ['a map of classes', '{"auto_map": {"AutoModel": "m.M"}}', ['config.json', 'tokenizer_config.json', 'x.yaml']],
    ['a template', `{"chat_template": "{{ ''.__class__ }}"}`, ['tokenizer_config.json', 'processor_config.json']],
    ['a shard outside', '{"weight_map": {"w": "../x"}}', ['model.safetensors.index.json', 'x.json']],
  ])('%s is found', async (_what, hostile, names) => {
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...names), async (tree, name) => {
        const scan = await scanBytes(utf8(tree.replace('@', hostile)), name);

        expect(scan.verdict).not.toBe('clean');
      }),
      { numRuns: 300 },
    );
  });
});
