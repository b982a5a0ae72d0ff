import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, real, rulesOf, scanBytes } from './support.ts';

const utf8 = (value: string) => new TextEncoder().encode(value);
const decoded = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

/** The file with one text in it replaced by another of the same length. */
const changed = (name: string, from: string, to: string): Uint8Array => {
  const text = decoded(real(name));
  if (!text.includes(from) || from.length !== to.length) throw new Error(`${name} has no ${from}`);
  return Uint8Array.from(text.replace(from, to), (character) => character.charCodeAt(0));
};

const json = () => JSON.parse(decoded(real('trees.json')));
type Document = ReturnType<typeof json>;
const altered = (change: (tree: Document, document: Document) => void): Uint8Array => {
  const document = json();
  change(document.learner.gradient_booster.model.trees[0], document);
  return utf8(JSON.stringify(document));
};

describe('an XGBoost model', () => {
  test.each([
    ['a child beyond the tree', altered((tree) => (tree.left_children[0] = 1_000_000))],
    ['a child below none', altered((tree) => (tree.right_children[0] = -2))],
    ['a feature that is not there', altered((tree) => (tree.split_indices[0] = 99))],
    ['more nodes than it has', altered((tree) => (tree.tree_param.num_nodes = '2147483647'))],
    ['conditions that are no numbers', altered((tree) => (tree.split_conditions[0] = 'x'))],
    [
      'more trees than it has',
      altered((_, { learner }) => (learner.gradient_booster.model.gbtree_model_param.num_trees = '9')),
    ],
    ['an unknown booster', altered((_, { learner }) => (learner.gradient_booster.name = 'gbcode'))],
    ['an objective that is no name', altered((_, { learner }) => (learner.objective.name = '../x y'))],
    ['two models in one', utf8(decoded(real('trees.json')).replace('{"learner"', '{"learner":{},"learner"'))],
  ])('in JSON with %s is suspicious', async (_what, bytes) => {
    const scan = await scanBytes(bytes, 'model.json');

    expect([scan.verdict, scan.format, rulesOf(scan)]).toEqual(['suspicious', 'xgboost', ['xgboost.malformed']]);
  });

  /** Bytes put so far behind a text of the file. */
  const ubj = (behind: string, at: number, ...bytes: readonly number[]): Uint8Array => {
    const copy = real('trees.ubj').slice();
    copy.set(bytes, decoded(copy).indexOf(behind) + behind.length + at);
    return copy;
  };
  const HEAD = '{L\0\0\0\0\0\0\0\x07learner{';
  test.each([
    ['a child beyond the tree', ubj('left_children[$l#L', 8, 0, 0, 0, 99)],
    ['an array beyond the end', ubj('left_children[$l#L', 0, 1)],
    ['an array below zero', ubj('left_children[$l#L', 0, 255)],
    ['an unknown type', ubj('left_children[', 1, 81)],
    ['bytes behind it', concat(real('trees.ubj'), [0])],
    ['arrays nested without end', utf8(`${HEAD}L\0\0\0\0\0\0\0\x01a${'['.repeat(100_000)}`)],
    ['a name longer than the file', utf8(`${HEAD}L\0\0\0\0\x7f\x7f\x7f\x7f`)],
    ['a member twice', utf8(`${HEAD}L\0\0\0\0\0\0\0\x01aZL\0\0\0\0\0\0\0\x01aZ}}`)],
  ])('in UBJSON with %s is suspicious', async (_what, bytes) => {
    const scan = await scanBytes(bytes, 'model.ubj');

    expect([scan.verdict, scan.format, rulesOf(scan)]).toEqual(['suspicious', 'xgboost', ['xgboost.malformed']]);
  });

  test('in the binary format that XGBoost no longer reads is recognised and refused', async () => {
    const name = 'binary:logistic';
    const bytes = concat(
      new Uint8Array(136),
      [name.length, 0, 0, 0, 0, 0, 0, 0],
      utf8(name),
      [6, 0, 0, 0, 0, 0, 0, 0],
      utf8('gbtree'),
      [0, 0],
    );

    const scan = await scanBytes(bytes, 'model.bin');

    expect([scan.verdict, scan.format, rulesOf(scan)]).toEqual([
      'not-scannable',
      'xgboost-legacy',
      ['format.not-supported'],
    ]);
  });
});

describe('a LightGBM model', () => {
  const text = decoded(real('trees.lightgbm'));
  const replaced = (pattern: RegExp, by: string) => utf8(text.replace(pattern, by));

  test.each([
    ['a child beyond the tree', replaced(/left_child=\S+/, 'left_child=999999')],
    ['a leaf beyond the tree', replaced(/right_child=\S+/, 'right_child=-999999')],
    ['more leaves than it has (CVE-2024-43598)', replaced(/num_leaves=\d+/, 'num_leaves=4000000')],
    ['leaves below zero', replaced(/num_leaves=\d+/, 'num_leaves=-1')],
    ['a feature that is not there', replaced(/split_feature=\S+/, 'split_feature=5000')],
    ['children that are no numbers', replaced(/left_child=\S+/, 'left_child=0x1')],
    ['categories without their boundaries', replaced(/num_cat=0/, 'num_cat=3')],
    ['a field twice', replaced(/num_cat=0/, 'num_cat=0\nnum_cat=0')],
    ['no end of its trees', replaced(/end of trees[\s\S]*/, '')],
  ])('with %s is suspicious', async (_what, bytes) => {
    const scan = await scanBytes(bytes, 'model.txt');

    expect([scan.verdict, scan.format, rulesOf(scan)]).toEqual(['suspicious', 'lightgbm', ['lightgbm.malformed']]);
  });
});

describe('a CatBoost model', () => {
  const cbm = (at: number, ...bytes: readonly number[]): Uint8Array => {
    const copy = real('trees.cbm').slice();
    copy.set(bytes, at);
    return copy;
  };

  test.each([
    ['a length beyond the file', cbm(4, 255, 255, 255, 127)],
    ['a root beyond the file', cbm(8, 255, 255, 255, 127)],
    ['another version', changed('trees.cbm', 'FlabuffersModel_v1', 'FlabuffersModel_v9')],
    ['bytes behind it', concat(real('trees.cbm'), [0])],
    ['its end cut off', real('trees.cbm').slice(0, -1)],
  ])('with %s is suspicious', async (_what, bytes) => {
    const scan = await scanBytes(bytes, 'model.cbm');

    expect([scan.verdict, scan.format, rulesOf(scan)]).toEqual(['suspicious', 'catboost', ['catboost.malformed']]);
  });

  test('with a part that is not known cannot be scanned', async () => {
    const scan = await scanBytes(changed('trees.cbm', 'static_provider_v1', 'dynamic_loader__v1'), 'model.cbm');

    expect(scan).toMatchObject({ verdict: 'not-scannable', format: 'catboost' });
  });
});

test.each(['trees.ubj', 'trees.cbm', 'trees.lightgbm', 'trees.json', 'model.gguf'])(
  '%s with any bytes changed gives findings or none, never an exception',
  async (name) => {
    const whole = real(name);
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 6,
    });

    await fc.assert(
      fc.asyncProperty(changes, async (edits) => {
        const bytes = whole.slice();
        for (const [at, byte] of edits) bytes[at] = byte;

        const scan = await scanBytes(bytes, 'model');

        expect(scan.findings.length === 0).toBe(scan.verdict === 'clean');
      }),
      { numRuns: 60 },
    );
  },
);
