import { isDangerous } from '../allowlists/dangerous.ts';
import { pairsOf, qualified } from '../allowlists/source.ts';

/** A name that a loader imports because a document says so. */
export type Judgement = 'allowed' | 'dangerous' | 'unknown';

export type AllowedImports = { has(dotted: string): boolean };

/** `package.module.Name` in its two parts. */
export const splitAtName = (dotted: string): readonly [string, string] => {
  const at = dotted.lastIndexOf('.');
  return at < 0 ? ['', dotted] : [dotted.slice(0, at), dotted.slice(at + 1)];
};

/** The names of lists like those for pickles, as `module.Name`. */
export const allowedImports = (...lists: readonly string[]): AllowedImports => {
  const names = new Set(lists.flatMap(pairsOf).map(([module, name]) => qualified(module, name)));
  return { has: (dotted) => names.has(qualified(...splitAtName(dotted))) };
};

/** Configurations name what pickles of models never do: libraries that models are trained with. */
const EVERYDAY =
  /^(?:transformers|huggingface_hub|keras|tensorflow|tf_keras|mlflow|fastai|functools|collections|datetime|torch\.(?:utils|distributed|backends|ao|fx|export|compiler|onnx))(?:\.|$)/;

/** Loaders walk attributes, so that any module leads to those that it imports: `numpy.os.system`. */
const WAY_OUT =
  /(?:^|\.)(?:__\w+__|_?os|posix|nt|sys|subprocess|builtins|importlib|ctypes|pickle|numpy_pickle|marshal|shutil|socket|runpy|pty|eval|exec|system|popen|Popen)(?:\.|$)/;

const runsCode = (dotted: string): boolean =>
  WAY_OUT.test(dotted) || (!EVERYDAY.test(dotted) && (isDangerous(...splitAtName(dotted)) || isDangerous(dotted, '')));

export const judgeImport = (dotted: string, allowed: AllowedImports): Judgement => {
  if (allowed.has(dotted)) return 'allowed';
  return runsCode(dotted) ? 'dangerous' : 'unknown';
};
