import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  call,
  concat,
  int,
  lines,
  op,
  PAYLOAD,
  pickle,
  real,
  rulesOf,
  scanBytes,
  stackGlobal,
  text,
} from './support.ts';

const DICT = stackGlobal('collections', 'OrderedDict');

describe('an imported name', () => {
  test.each([
    ['GLOBAL', lines('GLOBAL', 'posix', 'system')],
    ['INST', concat(op('MARK'), text('x'), lines('INST', 'posix', 'system'))],
    ['OBJ', concat(op('MARK'), stackGlobal('posix', 'system'), text('x'), op('OBJ'))],
    ['NEWOBJ', concat(stackGlobal('posix', 'system'), op('EMPTY_TUPLE'), op('NEWOBJ'))],
    ['NEWOBJ_EX', concat(stackGlobal('posix', 'system'), op('EMPTY_TUPLE'), op('EMPTY_DICT'), op('NEWOBJ_EX'))],
    ['escaped STRING', concat(lines('STRING', "'pos\\x69x'"), lines('STRING', "'system'"), op('STACK_GLOBAL'))],
    ['escaped UNICODE', concat(lines('UNICODE', 'p\\u006fsix'), lines('UNICODE', 'system'), op('STACK_GLOBAL'))],
  ])('is found however it is written: %s', async (_how, opcodes) => {
    const scan = await scanBytes(pickle(opcodes));

    expect(scan.verdict).toBe('malicious');
    expect(scan.findings[0]?.what).toBe('imports posix.system');
  });

  test('is refused with its place, its opcode, a reason and a way out', async () => {
    const { findings } = await scanBytes(pickle(lines('GLOBAL', 'posix', 'system')), 'model.pkl');

    expect(findings).toEqual([
      {
        rule: 'pickle.global-dangerous',
        severity: 'critical',
        path: 'model.pkl',
        offset: 2,
        opcode: 'GLOBAL',
        what: 'imports posix.system',
        why: expect.stringContaining('imports this name'),
        fix: expect.stringContaining('Do not load'),
      },
    ]);
  });

  test('that nobody listed is suspicious until the stage allows it', async () => {
    const bytes = pickle(call('acme.models', 'Net'));

    const refused = await scanBytes(bytes);
    const allowed = await scanBytes(bytes, 'x', { allowedGlobals: ['acme.models.Net'] });

    expect([refused.verdict, rulesOf(refused)]).toEqual(['suspicious', ['pickle.global-not-allowed']]);
    expect(allowed.verdict).toBe('clean');
  });

  test.each(['_sys.modules.get', 'abc.__builtins__.eval'])(
    'does not reach through an allowed module: %s',
    async (name) => {
      const scan = await scanBytes(pickle(stackGlobal('collections', name)));

      expect(scan.verdict).toBe('malicious');
    },
  );

  test('cannot be computed while loading', async () => {
    const computed = concat(stackGlobal('builtins', 'str'), text('system'), op('TUPLE1'), op('REDUCE'));

    const scan = await scanBytes(pickle(text('posix'), computed, op('STACK_GLOBAL')));

    expect(rulesOf(scan)).toContain('pickle.dynamic-name');
  });

  test('that may be kept in a model may not be called while it loads', async () => {
    const kept = await scanBytes(pickle(stackGlobal('numpy', 'log1p')));
    const called = await scanBytes(pickle(call('numpy', 'log1p')));

    expect([kept.verdict, called.verdict]).toEqual(['clean', 'suspicious']);
  });
});

describe('what is done to imported objects', () => {
  const state = concat(op('EMPTY_DICT'), text('x'), int(1), op('SETITEM'));

  test.each([
    ['state for a class', concat(DICT, state, op('BUILD')), 'pickle.class-modified'],
    ['items for a class', concat(DICT, text('k'), int(1), op('SETITEM')), 'pickle.class-modified'],
    [
      'a call of what a call gave',
      concat(DICT, op('EMPTY_TUPLE'), op('REDUCE'), op('EMPTY_TUPLE'), op('REDUCE')),
      'pickle.call-of-object',
    ],
    [
      'an append to what is no list',
      concat(DICT, op('EMPTY_TUPLE'), op('REDUCE'), int(1), op('APPEND')),
      'pickle.item-target',
    ],
    [
      'a state setter of its own',
      concat(
        DICT,
        op('EMPTY_TUPLE'),
        op('REDUCE'),
        op('EMPTY_DICT'),
        text('__setstate__'),
        int(1),
        op('SETITEM'),
        op('BUILD'),
      ),
      'pickle.state-hijack',
    ],
  ])('is refused: %s', async (_what, opcodes, rule) => {
    const scan = await scanBytes(pickle(opcodes));

    expect(rulesOf(scan)).toEqual([rule]);
  });

  test.each([
    ['partial of what is no allowed function', call('functools', 'partial')],
    [
      'a codec that expands',
      concat(stackGlobal('_codecs', 'encode'), text('x'), text('zlib'), op('TUPLE2'), op('REDUCE')),
    ],
    [
      'a class made on the fly',
      concat(
        stackGlobal('builtins', 'type'),
        text('x'),
        op('EMPTY_TUPLE'),
        op('EMPTY_DICT'),
        op('TUPLE3'),
        op('REDUCE'),
      ),
    ],
    [
      'gigabytes of a range',
      concat(stackGlobal('builtins', 'list'), call('builtins', 'range'), op('TUPLE1'), op('REDUCE')),
    ],
    ['gigabytes of zeros', concat(stackGlobal('builtins', 'bytearray'), int(2 ** 31 - 1), op('TUPLE1'), op('REDUCE'))],
  ])('is allowed only with plain arguments: %s', async (_what, opcodes) => {
    const scan = await scanBytes(pickle(opcodes));

    expect(rulesOf(scan)).toEqual(['pickle.guard']);
  });
});

describe('a name that is allowed with plain arguments', () => {
  const partial = stackGlobal('functools', 'partial');
  const loader = stackGlobal('torch.storage', '_load_from_bytes');

  test.each([
    [
      'an argument',
      concat(stackGlobal('numpy.random._pickle', '__randomstate_ctor'), text('x'), loader, op('TUPLE2'), op('REDUCE')),
    ],
    ['an item of a list', concat(op('EMPTY_LIST'), loader, op('APPEND'))],
    ['a value of a dict', concat(op('EMPTY_DICT'), text('f'), partial, op('SETITEM'))],
    ['an argument of OBJ', concat(op('MARK'), DICT, partial, op('OBJ'))],
    ['an argument of INST', concat(op('MARK'), partial, lines('INST', 'collections', 'OrderedDict'))],
    ['a state', concat(DICT, op('EMPTY_TUPLE'), op('REDUCE'), partial, op('BUILD'))],
    ['the function of a partial', concat(partial, loader, op('TUPLE1'), op('REDUCE'))],
  ])('is not handed to what may call it otherwise: as %s', async (_how, opcodes) => {
    const scan = await scanBytes(pickle(opcodes));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', expect.arrayContaining(['pickle.guard'])]);
  });
});

describe('a stream that is not whole', () => {
  test.each([
    ['no STOP', pickle(int(1)).slice(0, -1), 'pickle.truncated'],
    ['an unknown opcode', pickle(op('NONE'), Uint8Array.of(0xff)), 'pickle.malformed'],
    ['a memo entry that is missing', pickle(op('BINGET', [9])), 'pickle.malformed'],
    ['a pop from the empty stack', pickle(op('TUPLE1')), 'pickle.malformed'],
    ['a protocol of the future', concat([0x80, 4], op('PROTO', [9])), 'pickle.malformed'],
    ['more bytes than there are', pickle(op('BINBYTES', [0, 0, 0, 0x10])), 'pickle.length-beyond-end'],
    ['a frame that cuts an opcode', pickle(op('FRAME', [3, 0, 0, 0, 0, 0, 0, 0]), int(1)), 'pickle.frame-mismatch'],
    ['bytes behind it', concat(pickle(op('NONE')), [0, 1, 2]), 'pickle.malformed'],
  ])('is never clean: %s', async (_what, bytes, rule) => {
    const scan = await scanBytes(bytes);

    expect(scan.verdict).not.toBe('clean');
    expect(rulesOf(scan)).toContain(rule);
  });

  test('is no excuse for what it does before it breaks off', async () => {
    const scan = await scanBytes(pickle(PAYLOAD, Uint8Array.of(0xff)));

    expect(scan.verdict).toBe('malicious');
  });
});

const noise = fc.constantFrom(
  concat(int(7), op('POP')),
  concat(op('EMPTY_LIST'), int(1), op('APPEND'), op('POP')),
  concat(op('MARK'), text('x'), op('POP_MARK')),
  concat(op('EMPTY_DICT'), text('key'), op('NONE'), op('SETITEM'), op('POP')),
  concat(text('decoy'), op('MEMOIZE'), op('POP')),
  concat(op('NONE'), op('DUP'), op('POP'), op('POP')),
);

describe('laws', () => {
  test('whatever stands around the names of a payload, it is found', async () => {
    const around = fc.array(noise, { maxLength: 20 }).map((parts) => concat(...parts));

    await fc.assert(
      fc.asyncProperty(around, around, around, async (before, between, after) => {
        const names = concat(text('posix'), between, text('system'), between, op('STACK_GLOBAL'));
        const scan = await scanBytes(pickle(before, names, text('true'), op('TUPLE1'), op('REDUCE'), after));

        expect(scan.verdict).toBe('malicious');
      }),
    );
  });

  test('wherever the reads of the source happen to end, a payload is found', async () => {
    const distance = fc.oneof(
      ...[65_536, 196_608, 458_752].map((edge) => fc.integer({ min: edge - 40, max: edge + 5 })),
    );

    await fc.assert(
      fc.asyncProperty(distance, fc.boolean(), async (length, asText) => {
        const filler = asText
          ? concat(
              op('MARK'),
              ...Array.from({ length: Math.floor(length / 5) }, () => int(1)),
              op('POP_MARK'),
              op('NONE'),
            )
          : op(
              'BINBYTES',
              [length % 256, Math.floor(length / 256) % 256, Math.floor(length / 65_536), 0],
              new Uint8Array(length),
            );
        const scan = await scanBytes(pickle(filler, op('POP'), PAYLOAD));

        expect(scan.findings.map(({ what }) => what)).toEqual(['imports posix.system']);
      }),
      { numRuns: 60 },
    );
  });

  test('a name put into the memo is still known after megabytes of other strings', async () => {
    const other = Array.from({ length: 20_000 }, (_, i) => concat(text(`some other string number ${i}`), op('POP')));
    const memoized = concat(
      text('acme.models'),
      op('BINPUT', [0]),
      op('POP'),
      text('posix'),
      op('BINPUT', [1]),
      op('POP'),
    );

    const scan = await scanBytes(
      pickle(
        memoized,
        ...other,
        op('BINGET', [1]),
        text('system'),
        op('STACK_GLOBAL'),
        op('BINGET', [0]),
        text('Net'),
        op('STACK_GLOBAL'),
      ),
    );

    expect(scan.findings.map(({ what }) => what)).toEqual(['imports posix.system', expect.stringContaining('.Net')]);
  });
});

describe('a tensor in a plain pickle', () => {
  const loads = (content: Uint8Array) => {
    const bytes = op('BINBYTES', [content.length % 256, Math.floor(content.length / 256), 0, 0], content);
    return pickle(stackGlobal('torch.storage', '_load_from_bytes'), bytes, op('TUPLE1'), op('REDUCE'));
  };

  test('is the torch file that it contains', async () => {
    const honest = await scanBytes(loads(real('state-dict-legacy.pt')));
    const hostile = await scanBytes(loads(pickle(PAYLOAD)));
    const deeper = await scanBytes(loads(loads(loads(pickle(PAYLOAD)))));

    expect([honest.verdict, hostile.verdict, deeper.verdict]).toEqual(['clean', 'malicious', 'malicious']);
  });

  test('cannot be loaded from bytes that are only known later', async () => {
    const kept = concat(op('SHORT_BINBYTES', [1], [46]), op('MEMOIZE'), op('POP'));
    const call = concat(
      stackGlobal('torch.storage', '_load_from_bytes'),
      op('BINGET', [0]),
      op('TUPLE1'),
      op('REDUCE'),
    );

    const scan = await scanBytes(pickle(kept, call));

    expect(rulesOf(scan)).toEqual(['pickle.guard']);
  });
});
