import { describe, expect, test } from 'vitest';
import { scanFile } from '../../core/scanning/scan-file.ts';
import { concat, int, op, PAYLOAD, pickle, rulesOf, scanBytes, sparseSource, stackGlobal, text } from './support.ts';

const tuple = (...items: Uint8Array[]) => concat(op('MARK'), ...items, op('TUPLE'));
const none = op('NONE');

const dtype = (description: string, state: Uint8Array) =>
  concat(
    stackGlobal('numpy', 'dtype'),
    tuple(text(description), op('NEWFALSE'), op('NEWTRUE')),
    op('REDUCE'),
    state,
    op('BUILD'),
  );
const numberState = (flags = 0) => tuple(int(3), text('<'), none, none, none, int(-1), int(-1), int(flags));
const FLOAT64 = dtype('f8', numberState());

const entries = (...pairs: (readonly [string, Uint8Array])[]) =>
  concat(op('MARK'), ...pairs.map(([key, value]) => concat(text(key), value)), op('SETITEMS'));

const header = (shape: readonly number[], type: Uint8Array, alignment: Uint8Array | undefined) =>
  [
    ['subclass', stackGlobal('numpy', 'ndarray')],
    ['shape', tuple(...shape.map(int))],
    ['order', text('C')],
    ['dtype', type],
    ['allow_mmap', op('NEWTRUE')],
    ...(alignment === undefined ? [] : [['numpy_array_alignment_bytes', alignment] as const]),
  ] as (readonly [string, Uint8Array])[];

const wrapper = (...states: Uint8Array[]) =>
  concat(
    stackGlobal('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    op('EMPTY_TUPLE'),
    op('NEWOBJ'),
    op('EMPTY_DICT'),
    ...states,
    op('BUILD'),
  );

const PADDING = [3, 0xff, 0xff, 0xff];
/** An array wrapper as joblib writes it, and the bytes after it. */
const array = (count: number, raw: Uint8Array, type = FLOAT64, alignment: Uint8Array | undefined = int(16)) =>
  concat(wrapper(entries(...header([count], type, alignment))), raw);

describe('arrays between the opcodes of a joblib file', () => {
  test('are skipped to the byte: what follows is read', async () => {
    const bytes = pickle(array(2, concat(PADDING, new Uint8Array(16))), op('POP'), PAYLOAD);

    const scan = await scanBytes(bytes);

    expect(scan.findings.map(({ what }) => what)).toEqual(['imports posix.system']);
  });

  test('may contain anything that looks like opcodes', async () => {
    const opcodes = concat(PAYLOAD, op('STOP'));
    const raw = concat(opcodes, new Uint8Array(8 - (opcodes.length % 8)));

    const scan = await scanBytes(pickle(array(raw.length / 8, concat(PADDING, raw))));

    expect(scan.verdict).toBe('clean');
  });

  test('are not read: a terabyte of numbers costs two windows', async () => {
    const count = 2 ** 37;
    const start = concat(op('PROTO', [4]), wrapper(entries(...header([2 ** 20, 2 ** 17], FLOAT64, int(16)))), PADDING);
    const end = concat(op('POP'), PAYLOAD, op('STOP'));
    const size = start.length + count * 8 + end.length;
    const source = sparseSource(size, [
      { at: 0, bytes: start },
      { at: size - end.length, bytes: end },
    ]);

    const scan = await scanFile('huge.joblib', source);

    expect(scan.verdict).toBe('malicious');
    expect(scan.bytesRead).toBeLessThan(1_000_000);
  });

  test('of objects are pickles of their own', async () => {
    const objects = dtype('O8', tuple(int(3), text('|'), none, none, none, int(-1), int(-1), int(63)));

    const honest = await scanBytes(pickle(array(2, pickle(op('EMPTY_LIST')), objects)));
    const hostile = await scanBytes(pickle(array(2, pickle(PAYLOAD), objects)));

    expect([honest.verdict, hostile.verdict]).toEqual(['clean', 'malicious']);
  });

  test.each([
    ['the padding is no padding', array(1, concat([3, 1, 2, 3], new Uint8Array(8)))],
    [
      'the padding is longer than joblib pads',
      array(1, concat([40], new Uint8Array(40).fill(0xff), new Uint8Array(8))),
    ],
    ['the state has a key that joblib does not write', wrapper(entries(...header([1], FLOAT64, int(16)), ['x', none]))],
    ['the dtype is no dtype', wrapper(entries(...header([1], text('f8'), int(16))))],
    ['the shape is negative', wrapper(entries(...header([-1], FLOAT64, int(16))))],
  ])('make a file suspicious if %s', async (_what, opcodes) => {
    const scan = await scanBytes(pickle(concat(opcodes, new Uint8Array(64))));

    expect(rulesOf(scan)).toContain('joblib.array-header');
  });

  test('cannot be shifted by filling the header in two steps, the first of which is forgotten', async () => {
    const first = entries(['numpy_array_alignment_bytes', int(16)]);
    const other = concat(op('EMPTY_DICT'), entries(['a', none], ['b', none]), op('POP'));
    const second = entries(...header([2], FLOAT64, undefined));
    const enoughToForget = Array.from({ length: 64 }, () => other);

    const scan = await scanBytes(pickle(wrapper(first, ...enoughToForget, second), new Uint8Array(64)));

    expect(rulesOf(scan)).toEqual(['joblib.array-header']);
  });

  test('cannot be hidden from the walk inside another value', async () => {
    const hidden = concat(
      stackGlobal('joblib.numpy_pickle', 'NumpyArrayWrapper'),
      op('EMPTY_TUPLE'),
      op('NEWOBJ'),
      op('TUPLE1'),
    );

    const scan = await scanBytes(pickle(hidden));

    expect(rulesOf(scan)).toEqual(['joblib.array-header']);
  });

  test('without padding are read as a plain unpickler would read them too', async () => {
    const honest = await scanBytes(pickle(array(2, new Uint8Array(16), FLOAT64, none)));
    const raw = concat(op('POP'), PAYLOAD, op('STOP'));
    const padded = concat(raw, new Uint8Array(8 - (raw.length % 8)));
    const hostile = await scanBytes(pickle(array(padded.length / 8, padded, FLOAT64, none)));

    expect(honest.verdict).toBe('clean');
    expect(rulesOf(hostile)).toEqual(['pickle.polyglot']);
  });
});

describe('a numpy dtype', () => {
  const fields = (...of: (readonly [string, Uint8Array, number])[]) =>
    concat(
      op('EMPTY_DICT'),
      entries(...of.map(([name, type, at]) => [name, concat(type, int(at), op('TUPLE2'))] as const)),
    );
  const record = (size: number, flags: number, ...of: (readonly [string, Uint8Array, number])[]) =>
    dtype(
      `V${size}`,
      tuple(
        int(3),
        text('|'),
        none,
        tuple(...of.map(([name]) => text(name))),
        fields(...of),
        int(size),
        int(1),
        int(flags),
      ),
    );
  const OBJECT = dtype('O8', tuple(int(3), text('|'), none, none, none, int(-1), int(-1), int(63)));

  test.each([
    ['a number', FLOAT64],
    ['a record', record(16, 0, ['a', FLOAT64, 0], ['b', FLOAT64, 8])],
    ['a record with an object that its flags show', record(16, 63, ['a', FLOAT64, 0], ['o', OBJECT, 8])],
  ])('as numpy writes it is clean: %s', async (_what, opcodes) => {
    const scan = await scanBytes(pickle(opcodes));

    expect(scan.findings).toEqual([]);
  });

  test.each([
    ['a number whose flags say object', dtype('f8', numberState(1))],
    ['an object whose flags hide it', dtype('O8', numberState(0))],
    ['a record whose flags hide an object', record(16, 0, ['a', FLOAT64, 0], ['o', OBJECT, 8])],
    ['a field outside its record', record(8, 0, ['a', FLOAT64, 4])],
    ['a size that is not its own', dtype('f8', tuple(int(3), text('<'), none, none, none, int(4), int(-1), int(0)))],
    ['a type that does not exist', dtype('f7', numberState())],
  ])('that would make pointers of bytes is suspicious: %s', async (_what, opcodes) => {
    const scan = await scanBytes(pickle(opcodes));

    expect(rulesOf(scan)).toEqual(['numpy.dtype']);
  });
});
