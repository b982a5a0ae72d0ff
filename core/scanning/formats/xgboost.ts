import type { ByteSource } from '../byte-source.ts';
import { streamOf } from '../byte-stream.ts';
import { ascii, startsWith, u64, view } from '../bytes.ts';
import { type Scan, Unscannable } from '../scan.ts';
import type { StrictJson } from '../strict-json.ts';
import { isNumbers, type Numbers, type Ubjson, UbjsonReader } from './ubjson.ts';

type Value = Ubjson | StrictJson | undefined;

const bad = (what: string): Unscannable => new Unscannable('xgboost.malformed', { what });

/** `{`, a length of 64 bits, a first name; XGBoost writes its members in alphabetical order. */
const UBJSON_HEAD = [...ascii('{L'), 0, 0, 0, 0, 0, 0, 0, 7, ...ascii('learner{')];
export const isXgboostUbjson = (head: Uint8Array): boolean => startsWith(head, UBJSON_HEAD);

/** Whether a JSON document is a model of XGBoost. */
export const isXgboostJson = (document: StrictJson): boolean =>
  document instanceof Map && document.has('learner') && document.has('version');

const member = (value: Value, ...path: readonly string[]): Value => {
  let found = value;
  for (const name of path) {
    if (!(found instanceof Map) || !found.has(name)) throw bad(`no ${path.join('.')}`);
    found = found.get(name) as Value;
  }
  return found;
};

const numbersOf = (value: Value, what: string): Numbers => {
  if (isNumbers(value)) return value;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'number' || typeof each === 'boolean'))
    throw bad(`${what} is no array of numbers`);
  const numbers = value.map(Number);
  return {
    count: numbers.length,
    min: numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    max: numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  };
};

const countOf = (value: Value, what: string): number => {
  const count = typeof value === 'string' && /^[0-9]{1,10}$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) throw bad(`${what} is no count`);
  return count;
};

/** What every node has; a child of -1 is none. */
const PER_NODE = ['left_children', 'right_children', 'parents', 'split_indices', 'split_conditions', 'base_weights'];

const checkTree = (tree: Value): void => {
  const nodes = countOf(member(tree, 'tree_param', 'num_nodes'), 'num_nodes');
  const leafSize = countOf(member(tree, 'tree_param', 'size_leaf_vector'), 'size_leaf_vector');
  const features = countOf(member(tree, 'tree_param', 'num_feature'), 'num_feature');
  for (const name of PER_NODE) {
    const { count, min, max } = numbersOf(member(tree, name), name);
    if (count !== nodes && !(name === 'base_weights' && leafSize > 1))
      throw bad(`${count} ${name} in a tree of ${nodes} nodes`);
    if (/children$/.test(name) && count > 0 && (min < -1 || max >= nodes)) throw bad(`${name} beyond the tree`);
    if (name === 'split_indices' && count > 0 && (min < 0 || max > Math.max(features, 1)))
      throw bad('split_indices beyond the features');
  }
};

const checkTrees = (model: Value): void => {
  const trees = member(model, 'trees');
  if (!Array.isArray(trees)) throw bad('trees is no array');
  if (trees.length !== countOf(member(model, 'gbtree_model_param', 'num_trees'), 'num_trees'))
    throw bad('not as many trees as it says');
  if (numbersOf(member(model, 'tree_info'), 'tree_info').count !== trees.length)
    throw bad('not as many tree_info as trees');
  for (const tree of trees) checkTree(tree as Value);
};

/** The document behind both encodings: demo/data of XGBoost, doc/model.schema. */
export const checkXgboost = (document: Value): void => {
  if (numbersOf(member(document, 'version'), 'version').count > 3) throw bad('a strange version');
  const objective = member(document, 'learner', 'objective', 'name');
  if (typeof objective !== 'string' || !/^[A-Za-z0-9_:@]{1,100}$/.test(objective)) throw bad('a strange objective');
  const booster = member(document, 'learner', 'gradient_booster');
  const name = member(booster, 'name');
  if (name === 'gbtree') checkTrees(member(booster, 'model'));
  else if (name === 'dart') checkTrees(member(booster, 'gbtree', 'model'));
  else if (name === 'gblinear') numbersOf(member(booster, 'model', 'weights'), 'weights');
  else throw bad('an unknown booster');
};

export const scanXgboostUbjson = async (scan: Scan, source: ByteSource): Promise<void> => {
  checkXgboost(await new UbjsonReader(scan, streamOf(source), 'xgboost.malformed').document());
};

const LEGACY_PARAMETERS = 136;
const LEGACY_NAME = /^(?:binary|reg|multi|rank|count|survival):[a-z0-9_]+$/;

/** The binary format before 2.1 has no magic: a block of parameters, then the name of the objective. */
export const isXgboostLegacy = (head: Uint8Array): boolean => {
  const at = startsWith(head, ascii('binf')) ? 4 + LEGACY_PARAMETERS : LEGACY_PARAMETERS;
  if (head.length < at + 8) return false;
  const length = u64(view(head), at);
  return length < 64 && LEGACY_NAME.test(String.fromCharCode(...head.subarray(at + 8, at + 8 + length)));
};
