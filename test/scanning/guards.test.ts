import { describe, expect, test } from 'vitest';
import { call, concat, int, op, pickle, rulesOf, scanBytes, stackGlobal, text } from './support.ts';

const tuple = (...items: readonly Uint8Array[]) => concat(op('MARK'), ...items, op('TUPLE'));
const reduce = (callee: Uint8Array, ...args: readonly Uint8Array[]) => concat(callee, tuple(...args), op('REDUCE'));
const made = (callee: Uint8Array) => concat(callee, op('EMPTY_TUPLE'), op('NEWOBJ'));
const dict = (...items: readonly Uint8Array[]) => concat(op('EMPTY_DICT'), op('MARK'), ...items, op('SETITEMS'));

const BOOSTER = stackGlobal('xgboost.core', 'Booster');
const RECONSTRUCTOR = stackGlobal('copyreg', '_reconstructor');
const GENERATOR = stackGlobal('numpy.random._pickle', '__generator_ctor');
const GETATTR = stackGlobal('builtins', 'getattr');
const ZONE = stackGlobal('zoneinfo', 'ZoneInfo');
const LIST = stackGlobal('builtins', 'list');
const NONE = op('NONE');

const verdict = async (...opcodes: readonly Uint8Array[]) => {
  const scan = await scanBytes(pickle(...opcodes));
  return [scan.verdict, ...rulesOf(scan)];
};

describe('a class whose constructor could open files', () => {
  test('may be made empty and then filled, as pickle does', async () => {
    const state = dict(text('handle'), NONE);

    expect(await verdict(made(BOOSTER), state, op('BUILD'))).toEqual(['clean']);
    expect(await verdict(reduce(RECONSTRUCTOR, BOOSTER, stackGlobal('builtins', 'object'), NONE))).toEqual(['clean']);
  });

  test.each([
    ['with the name of a file', reduce(BOOSTER, NONE, op('EMPTY_TUPLE'), text('model.json'))],
    ['as its own base', reduce(RECONSTRUCTOR, BOOSTER, BOOSTER, text('model.json'))],
    ['by the constructor of a generator', reduce(GENERATOR, text('model.json'), BOOSTER)],
    ['by the constructor of a generator, as a class', reduce(GENERATOR, BOOSTER)],
    [
      'by what rebuilds tensors',
      reduce(stackGlobal('torch._tensor', '_rebuild_from_type_v2'), BOOSTER, NONE, tuple(NONE), NONE),
    ],
  ])('may not be called %s', async (_how, opcodes) => {
    expect(await verdict(opcodes)).toEqual(['malicious', 'pickle.guard']);
  });
});

describe('getattr', () => {
  test('gives the methods that libraries keep, and nothing else', async () => {
    const zone = reduce(reduce(GETATTR, ZONE, text('_unpickle')), text('Europe/Paris'), op('NEWTRUE'));

    expect(await verdict(zone)).toEqual(['clean']);
    expect(await verdict(reduce(GETATTR, ZONE, text('from_file')))).toEqual(['malicious', 'pickle.guard']);
    expect(await verdict(reduce(GETATTR, LIST, text('__subclasses__')))).toEqual(['malicious', 'pickle.guard']);
    expect(await verdict(reduce(GETATTR, text('x'), text('format')))).toEqual(['malicious', 'pickle.guard']);
  });

  test('is not handed to what may call it', async () => {
    expect(await verdict(reduce(GENERATOR, text('x'), GETATTR))).toContain('malicious');
  });

  test.each(['../../etc/passwd', '/etc/passwd', 'Europe/../..', ''])('opens no time zone %s', async (name) => {
    const zone = reduce(reduce(GETATTR, ZONE, text('_unpickle')), text(name), op('NEWTRUE'));

    expect(await verdict(zone)).toEqual(['malicious', 'pickle.guard']);
  });
});

describe('the data of a statsmodels model', () => {
  const data = made(stackGlobal('statsmodels.base.data', 'PandasData'));

  test('are clean as arrays', async () => {
    expect(await verdict(data, dict(text('k_constant'), int(1), text('endog'), NONE), op('BUILD'))).toEqual(['clean']);
  });

  test.each([
    ['as older versions do', dict(text('restore_design_info'), op('NEWTRUE'))],
    ['as newer versions do', dict(text('restore_model_spec'), op('NEWTRUE'))],
    ['by a key that only equals it', dict(call('numpy', 'str_'), op('NEWTRUE'))],
    ['in a state that is no literal', call('builtins', 'dict')],
  ])('are refused when loading them evaluates a formula: %s', async (_how, state) => {
    expect(await verdict(data, state, op('BUILD'))).toEqual(expect.arrayContaining(['malicious', 'pickle.guard']));
  });
});

test('a state may not name a method by an object that only equals its name', async () => {
  const state = dict(call('numpy', 'str_'), NONE);

  expect(await verdict(made(stackGlobal('nltk.tag.sequential', 'UnigramTagger')), state, op('BUILD'))).toEqual([
    'suspicious',
    'pickle.state-hijack',
  ]);
});
