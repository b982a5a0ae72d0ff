import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pairsOf, qualified } from '../../core/scanning/allowlists/source.ts';
import { ALLOWLISTS, gradeOf } from '../../core/scanning/pickle/allowlist.ts';
import { RULES } from '../../core/scanning/rules.ts';

const calls = ALLOWLISTS.flatMap(({ calls }) => pairsOf(calls));
const bare = ALLOWLISTS.flatMap(({ bare = '' }) => pairsOf(bare));
const mentions = ALLOWLISTS.flatMap(({ mentions }) => pairsOf(mentions));

/** Methods of a class that real libraries refer to. */
const METHODS = /^(?:ZoneInfo\._unpickle|interp1d\._call_[a-z_]+)$/;

test('a listed pair is a module and one name in it, never a path through it', () => {
  for (const [module, name] of [...calls, ...bare, ...mentions]) {
    expect(module, name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/);
    if (!METHODS.test(name)) expect(name, module).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
  }
});

test('what may only be kept is not also listed as callable', () => {
  const callable = new Set(calls.map(([module, name]) => qualified(module, name)));

  expect([...bare, ...mentions].filter(([module, name]) => callable.has(qualified(module, name)))).toEqual([]);
});

/** Each of these runs code, reads files or opens sockets when a pickle calls it or gives it state. */
const GADGETS: readonly (readonly [string, string])[] = [
  ['builtins', 'eval'],
  ['builtins', 'getattr'],
  ['builtins', 'map'],
  ['builtins', 'open'],
  ['functools', 'reduce'],
  ['operator', 'attrgetter'],
  ['numpy', 'load'],
  ['numpy', 'fromfile'],
  ['numpy', 'frompyfunc'],
  ['numpy', 'memmap'],
  ['numpy', 'vectorize'],
  ['joblib', 'load'],
  ['joblib.numpy_pickle_compat', 'NDArrayWrapper'],
  ['pandas', 'read_pickle'],
  ['pandas.core.computation.eval', 'eval'],
  ['scipy.stats._distn_infrastructure', 'rv_frozen'],
  ['scipy.stats._continuous_distns', 'norm_gen'],
  ['sklearn.callback._scoring_monitor', 'ScoringMonitor'],
  ['sklearn.datasets._base', 'load_files'],
  ['sklearn.utils.parallel', '_FuncWrapper'],
  ['statsmodels.base.data', 'PatsyData'],
  ['torch', 'load'],
  ['torch.jit', 'load'],
  ['torch.serialization', 'load'],
  ['torch.storage', '_load_from_bytes_unsafe'],
  ['torch.utils._config_module', 'load_config'],
];

test.each(GADGETS)('%s.%s may not be called', (module, name) => {
  expect(gradeOf(module, name, new Set())).not.toBe('call');
});

test('a stage cannot allow a path through a module', () => {
  expect(gradeOf('collections', '_sys.modules.get', new Set(['collections._sys.modules.get']))).not.toBe('call');
});

test('the documentation has every rule with its verdict, and no other', () => {
  const page = readFileSync(new URL('../../docs/scanning.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z.0-9-]+)` \| ([a-z-]+) \|/gm)].map(([, rule, verdict]) => [rule, verdict]);

  expect(rows).toEqual(Object.entries(RULES).map(([rule, { verdict }]) => [rule, verdict]));
});
