import { CATBOOST, LIGHTGBM, XGBOOST } from '../allowlists/boosters.ts';
import { DANGEROUS_WORDS, isDangerous } from '../allowlists/dangerous.ts';
import { CATEGORY_ENCODERS, HMMLEARN, IMBALANCED_LEARN } from '../allowlists/estimators.ts';
import { HUGGING_FACE } from '../allowlists/hugging-face.ts';
import { GENSIM, NLTK } from '../allowlists/language.ts';
import { JOBLIB, NUMPY, SCIPY } from '../allowlists/numeric.ts';
import { PANDAS } from '../allowlists/pandas.ts';
import { PYTHON } from '../allowlists/python.ts';
import { SCIKIT_LEARN, SCIKIT_LEARN_BEFORE } from '../allowlists/scikit-learn.ts';
import { type AllowlistSource, pairsOf, qualified } from '../allowlists/source.ts';
import { STATSMODELS } from '../allowlists/statsmodels.ts';
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
  XGBOOST,
  LIGHTGBM,
  CATBOOST,
  IMBALANCED_LEARN,
  CATEGORY_ENCODERS,
  HMMLEARN,
  NLTK,
  GENSIM,
  HUGGING_FACE,
  STATSMODELS,
];

const listed = (part: 'calls' | 'bare' | 'mentions') => ALLOWLISTS.flatMap((list) => pairsOf(list[part] ?? ''));
const [calling, making, keeping] = [listed('calls'), listed('bare'), listed('mentions')];
const allListed = [...calling, ...making, ...keeping];
const qualifiedSet = (pairs: readonly (readonly [string, string])[]): ReadonlySet<string> =>
  new Set(pairs.map(([module, name]) => qualified(module, name)));

const calls = qualifiedSet(calling);
const bare = qualifiedSet(making);
const mentions = qualifiedSet(keeping);
/** Gives an attribute of what it is given: pickles name methods so, and only those of the lists can be had. */
const lookups = qualifiedSet(pairsOf('builtins: getattr\n__builtin__: getattr'));

/** Keys of class states that the machine looks at. */
const STATE_KEYS = [
  '__setstate__',
  '__class__',
  'subclass',
  'allow_mmap',
  'numpy_array_alignment_bytes',
  'storage',
  'restore_design_info',
  'restore_model_spec',
];

export const DICTIONARY = new Dictionary([...new Set([...STATE_KEYS, ...DANGEROUS_WORDS, ...allListed.flat()])]);

/**
 * May be called while loading, may be called without arguments, looks up a listed name, may only be kept, or is refused
 * by a rule.
 */
export type Grade = 'call' | 'bare' | 'lookup' | 'mention' | { readonly refused: RuleId };

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

const allowedModules = new Set(allListed.map(([module]) => module));

/** @param extra names that the stage allows besides, as `module.Name` */
export const gradeOf = (module: string, name: string, extra: { has(name: string): boolean }): Grade => {
  const pair = qualified(module, name);
  if (calls.has(pair)) return 'call';
  if (bare.has(pair)) return 'bare';
  if (mentions.has(pair)) return 'mention';
  if (lookups.has(pair)) return 'lookup';
  if (extra.has(`${module}.${name}`) && !name.includes('.')) return 'call';
  return { refused: refuse(module, name) };
};

const DICT_LIKE = pairsOf(`
collections: Counter OrderedDict defaultdict
builtins: dict
__builtin__: dict
nltk.probability: ConditionalFreqDist
scipy.optimize._optimize: OptimizeResult
statsmodels.tools.tools: Bunch
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
