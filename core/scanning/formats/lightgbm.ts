import type { ByteSource } from '../byte-source.ts';
import { ascii, startsWith } from '../bytes.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';

const HEAD = ascii('tree\nversion=');
export const isLightgbm = (head: Uint8Array): boolean => startsWith(head, HEAD);

const CHUNK = 1024 * 1024;
const LONGEST_LINE = 32 * CHUNK;

const bad = (what: string): Unscannable => new Unscannable('lightgbm.malformed', { what });

/** Line after line, of a text that need not fit into memory. */
async function* linesOf(source: ByteSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for (let at = 0; at < source.size; at += CHUNK) {
    const lines = (rest + decoder.decode(await source.read(at, CHUNK), { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw bad('a line without end');
    yield* lines;
  }
  yield rest;
}

type Fields = Map<string, string>;

const countIn = (fields: Fields, name: string): number => {
  const text = fields.get(name) ?? '';
  if (!/^[0-9]{1,9}$/.test(text)) throw bad(`${name} is no count`);
  return Number(text);
};

const integersIn = (fields: Fields, name: string): number[] => {
  const text = (fields.get(name) ?? '').trim();
  const integers = text === '' ? [] : text.split(/ +/);
  if (!integers.every((each) => /^-?[0-9]{1,15}$/.test(each)))
    throw bad(`${name} holds something other than whole numbers`);
  return integers.map(Number);
};

/** Of each inner node; children below zero are leaves, counted from -1. */
const checkTree = (fields: Fields, features: number): void => {
  const leaves = countIn(fields, 'num_leaves');
  const inner = Math.max(0, leaves - 1);
  for (const name of ['left_child', 'right_child', 'split_feature', 'decision_type']) {
    const values = integersIn(fields, name);
    if (values.length !== inner && !(inner === 0 && values.length <= 1))
      throw bad(`${values.length} ${name} in a tree of ${leaves} leaves`);
    const [lowest, highest] = name.endsWith('child')
      ? [-leaves, inner - 1]
      : [0, name === 'split_feature' ? features : 255];
    if (inner > 0 && values.some((value) => value < lowest || value > highest)) throw bad(`${name} beyond the tree`);
  }
  if ((fields.get('leaf_value') ?? '').trim().split(/ +/).length !== Math.max(1, leaves))
    throw bad('not as many leaf values as leaves');
  checkCategories(fields);
};

const checkCategories = (fields: Fields): void => {
  const categories = countIn(fields, 'num_cat');
  if (categories === 0) return;
  const bounds = integersIn(fields, 'cat_boundaries');
  const words = integersIn(fields, 'cat_threshold').length;
  const rising = bounds.every((bound, i) => bound >= (bounds[i - 1] ?? 0));
  if (bounds.length !== categories + 1 || bounds[0] !== 0 || bounds.at(-1) !== words || !rising)
    throw bad('boundaries of categories that contradict each other');
};

/** Header and trees up to `end of trees`; what follows is told to the reader of a report only. */
export const scanLightgbm = async (scan: Scan, source: ByteSource): Promise<void> => {
  let fields: Fields = new Map();
  let features: number | undefined;
  let trees = 0;
  const settle = (): void => {
    if (features === undefined) features = countIn(fields, 'max_feature_idx');
    else checkTree(fields, features);
    fields = new Map();
  };
  for await (const line of linesOf(source)) {
    if (line === 'end of trees') {
      settle();
      return;
    }
    if (/^Tree=[0-9]+$/.test(line)) {
      settle();
      trees += 1;
      if (trees > scan.limits.members) throw limit('members', scan.limits);
      continue;
    }
    const at = line.indexOf('=');
    const name = at === -1 ? line : line.slice(0, at);
    if (fields.has(name) && name !== '') throw bad(`${name.slice(0, 50)} twice in one tree`);
    fields.set(name, line.slice(at + 1));
  }
  throw bad('no end of the trees');
};
