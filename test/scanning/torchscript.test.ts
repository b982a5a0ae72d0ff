import { describe, expect, test } from 'vitest';
import { checkCode } from '../../core/scanning/torchscript/check-code.ts';
import { worked } from '../support/worked.ts';
import { op, pickle, rulesOf, scanBytes, stackGlobal, zip } from './support.ts';

const utf8 = (value: string) => new TextEncoder().encode(value);
const MODULE = pickle(stackGlobal('__torch__', 'Net'), op('EMPTY_TUPLE'), op('NEWOBJ'), op('EMPTY_DICT'), op('BUILD'));

const archive = (code: string, ...more: { name: string; content: Uint8Array }[]) =>
  zip([
    { name: 'm/data.pkl', content: MODULE },
    { name: 'm/code/__torch__.py', content: utf8(code), deflate: true },
    { name: 'm/constants.pkl', content: pickle(op('EMPTY_TUPLE')) },
    ...more,
  ]);
const forward = (body: string) =>
  `class Net(Module):\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n    ${body}\n    return x\n`;
const HELPER = 'y = (self).helper(x, )\n  def helper(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n    return x';

describe('a TorchScript archive', () => {
  test.each([
    ['arithmetic', 'x = torch.add_(torch.relu(x), 1)'],
    ['its own methods', HELPER],
    ['operators of prim', 'ops.prim.RaiseException("torch.save(x)", "builtins.ValueError")'],
    ['quantised operators', 'x = ops.quantized.linear(x, self.w, 1.0, 0)'],
    ['a class of quantised weights', 'y : __torch__.torch.classes.quantized.LinearPackedParamsBase'],
    ['names of operators in comments and strings', 'print("torch.save") # torch.save(x)'],
  ])('that uses %s is clean', async (_what, body) => {
    const scan = await scanBytes(archive(forward(body)));

    expect(scan).toMatchObject({ verdict: 'clean', format: 'torch-zip', findings: [] });
  });

  test.each([
    ['torch.save(x, "/tmp/x")'],
    ['ops.aten.save(x, "/tmp/x")'],
    ['x = torch.from_file("/etc/passwd", False, 10)'],
    ['x.save("/tmp/x")'],
    ['(x).save("/tmp/x")'],
    ['f = x.save'],
    ['getattr(x, "save")("/tmp/x")'],
    ['y = ops.image.read_file("/etc/passwd")'],
    ['ops.image.write_file("/tmp/x", x)'],
    ['ops.aten.rpc_sync("worker", "f")'],
  ])('that opens files or other processes, %s, is malicious', async (body) => {
    const scan = await scanBytes(archive(forward(body)));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', ['torch.script-opens']]);
  });

  test.each([['ops.acme.magic(x)'], ['ops.torchvision.unheard_of(x)'], ['y : __torch__.torch.classes.acme.Magic']])(
    'that uses an operator or a class of no known library, %s, is suspicious',
    async (body) => {
      const scan = await scanBytes(archive(forward(body)));

      expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['torch.script-operator']]);
    },
  );

  test.each([
    ['an operator that nobody knows', 'torch.unheard_of(x)'],
    ['a function that nobody knows', 'unheard_of(x)'],
    ['a method that nobody knows', '(x).unheard_of()'],
    ['an import', 'import os'],
    ['an attribute of a computed name', 'getattr(x, y)'],
    ['a string of many lines', '"""a" """ torch.save(x) " """ "'],
    ['letters beyond ASCII', 'torch.ｓave(x)'],
    ['a string without an end', 'x = "abc'],
  ])('with %s cannot be scanned', async (_what, body) => {
    const scan = await scanBytes(archive(forward(body)));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['not-scannable', ['torch.script']]);
  });

  test('with bytecode of the lite interpreter cannot be scanned', async () => {
    const bytecode = { name: 'm/bytecode.pkl', content: pickle(op('EMPTY_TUPLE')) };

    const scan = await scanBytes(archive(forward('pass'), bytecode));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['not-scannable', ['torch.script']]);
  });

  test('may name its own classes in its pickles; a torch archive without code may not', async () => {
    const without = await scanBytes(zip([{ name: 'm/data.pkl', content: MODULE }]));

    expect([without.verdict, rulesOf(without)]).toEqual(['not-scannable', ['torch.script']]);
  });

  test('is still searched for what no pickle may do', async () => {
    const hostile = pickle(stackGlobal('posix', 'system'), op('EMPTY_TUPLE'), op('REDUCE'));

    const scan = await scanBytes(archive(forward('pass'), { name: 'm/code/__torch__.py.debug_pkl', content: hostile }));

    expect(rulesOf(scan)).toEqual(['pickle.global-dangerous']);
  });

  test('is read in bounded time', async () => {
    const [, seconds] = await worked(() => {
      for (const text of ['x.', '1', 'getattr(', '(', '"a"', 'f(x)\n'])
        checkCode([text.repeat(200_000)], () => undefined);
    });

    expect(seconds).toBeLessThan(5);
  });
});
