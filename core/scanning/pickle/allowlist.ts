import { DANGEROUS_WORDS, isDangerous } from '../allowlists/dangerous.ts';
import { JOBLIB, NUMPY, SCIPY } from '../allowlists/numeric.ts';
import { PANDAS } from '../allowlists/pandas.ts';
import { PYTHON } from '../allowlists/python.ts';
import { SCIKIT_LEARN, SCIKIT_LEARN_BEFORE } from '../allowlists/scikit-learn.ts';
import { type AllowlistSource, pairsOf, qualified } from '../allowlists/source.ts';
import { TORCH_LAYERS, TORCH_WEIGHTS_ONLY } from '../allowlists/torch.ts';
import type { RuleId } from '../rules.ts';
import { Dictionary } from './texts.ts';

export const ALLOWLISTS: readonly AllowlistSource[] = [
  PYTHON,
  NUMPY,
  SCIPY,
  JOBLIB,
  PANDAS,
  SCIKIT_LEARN,
  SCIKIT_LEARN_BEFORE,
  TORCH_WEIGHTS_ONLY,
  TORCH_LAYERS,
];

const listed = (part: 'calls' | 'mentions') => ALLOWLISTS.flatMap((list) => pairsOf(list[part]));
const calls = new Set(listed('calls').map(([module, name]) => qualified(module, name)));
const mentions = new Set(listed('mentions').map(([module, name]) => qualified(module, name)));

/** Keys of class states that the machine looks at. */
const STATE_KEYS = ['__setstate__', '__class__', 'subclass', 'allow_mmap', 'numpy_array_alignment_bytes', 'storage'];

export const DICTIONARY = new Dictionary([
  ...new Set([...STATE_KEYS, ...DANGEROUS_WORDS, ...listed('calls').flat(), ...listed('mentions').flat()]),
]);

/** May be called while loading, may only be kept, or is refused by a rule. */
export type Grade = 'call' | 'mention' | { readonly refused: RuleId };

/** What a module or attribute name can be; anything else was made to confuse. */
const NAME = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_<][\p{L}\p{N}_<>]*)*$|^<lambda>$/u;

/** Names in the pickles of a TorchScript archive; its own loader takes them from the code in the archive. */
const TORCH_SCRIPT = /^(?:__torch__(?:\.|$)|torch\.jit\._pickle$)/;

const refuse = (module: string, name: string): RuleId => {
  if (TORCH_SCRIPT.test(module)) return 'torch.script';
  const dotted = name.includes('.');
  if (!NAME.test(module) || !NAME.test(name)) return 'pickle.malformed-name';
  if (isDangerous(module, name)) return 'pickle.global-dangerous';
  return dotted && allowedModules.has(module) ? 'pickle.dotted-name' : 'pickle.global-not-allowed';
};

const allowedModules = new Set([...listed('calls'), ...listed('mentions')].map(([module]) => module));

/** @param extra names that the stage allows besides, as `module.Name` */
export const gradeOf = (module: string, name: string, extra: { has(name: string): boolean }): Grade => {
  const pair = qualified(module, name);
  if (calls.has(pair)) return 'call';
  if (mentions.has(pair)) return 'mention';
  if (extra.has(`${module}.${name}`) && !name.includes('.')) return 'call';
  return { refused: refuse(module, name) };
};

const DICT_LIKE = pairsOf(`
collections: Counter OrderedDict defaultdict
builtins: dict
__builtin__: dict
sklearn.utils._bunch: Bunch
sklearn.utils._encode: _nandict _NaNCounter
sklearn.utils: Bunch
`);
const LIST_LIKE = pairsOf(`
collections: deque
builtins: list
__builtin__: list
pandas.core.indexes.frozen: FrozenList
`);

const dictLike = new Set(DICT_LIKE.map(([module, name]) => qualified(module, name)));
const listLike = new Set(LIST_LIKE.map(([module, name]) => qualified(module, name)));

/** Whose instances take items without running code of their own. */
export const takesItems = (module: string, name: string): 'dict' | 'list' | undefined => {
  const pair = qualified(module, name);
  if (dictLike.has(pair)) return 'dict';
  return listLike.has(pair) ? 'list' : undefined;
};
