import { describe, expect, test } from 'vitest';
import { scanFile } from '../../core/scanning/scan-file.ts';
import { settleReferences } from '../../core/scanning/settle-references.ts';
import { concat, field, rulesOf, scanBytes, sparseSource } from './support.ts';

const node = (domain: string, operator = 'Add', ...attributes: Uint8Array[]) =>
  concat(field(4, operator), field(7, domain), ...attributes.map((attribute) => field(5, attribute)));
const graph = (...parts: Uint8Array[]) => concat(...parts, field(2, 'g'));
const model = (body: Uint8Array, ...more: Uint8Array[]) =>
  concat(field(1, 9), field(2, 'test'), field(8, field(2, 17)), field(7, body), ...more);
const external = (location: string) =>
  concat(field(13, concat(field(1, 'location'), field(2, location))), field(14, 1));

describe('an ONNX model', () => {
  test('of standard operators is clean', async () => {
    const scan = await scanBytes(model(graph(field(1, node('')), field(1, node('ai.onnx.ml', 'Scaler')))));

    expect(scan).toMatchObject({ verdict: 'clean', format: 'onnx' });
  });

  test.each(['/etc/shadow', '../weights', 'a/../../b', 'C:\\weights', '\\\\host\\share', 'https://host/w', '~/w'])(
    'with external data at %s is malicious',
    async (location) => {
      const scan = await scanBytes(model(graph(field(5, external(location)))));

      expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', ['onnx.external-path']]);
    },
  );

  test.each([
    ['an initializer', (tensor: Uint8Array) => graph(field(5, tensor))],
    ['a sparse initializer', (tensor: Uint8Array) => graph(field(15, field(1, tensor)))],
    ['an attribute', (tensor: Uint8Array) => graph(field(1, node('', 'Constant', field(5, tensor))))],
    ['a list in an attribute', (tensor: Uint8Array) => graph(field(1, node('', 'X', field(10, tensor))))],
    [
      'a graph in an attribute',
      (tensor: Uint8Array) => graph(field(1, node('', 'If', field(6, graph(field(5, tensor)))))),
    ],
  ])('is searched for external data in %s', async (_where, build) => {
    const scan = await scanBytes(model(build(external('../x'))));

    expect(scan.verdict).toBe('malicious');
  });

  test('is searched for external data in its functions and its training graphs', async () => {
    const inFunction = model(
      graph(),
      field(25, concat(field(1, 'F'), field(7, node('', 'C', field(5, external('/x')))))),
    );
    const inTraining = model(graph(), field(20, field(2, graph(field(5, external('/x'))))));

    expect([(await scanBytes(inFunction)).verdict, (await scanBytes(inTraining)).verdict]).toEqual([
      'malicious',
      'malicious',
    ]);
  });

  test('with an operator of its own is clean only if it says what the operator is', async () => {
    const body = graph(field(1, node('acme', 'Magic')));

    const unknown = await scanBytes(model(body));
    const defined = await scanBytes(
      model(body, field(25, concat(field(1, 'Magic'), field(10, 'acme'), field(7, node(''))))),
    );

    expect([unknown.verdict, rulesOf(unknown)]).toEqual(['suspicious', ['onnx.custom-domain']]);
    expect(defined.verdict).toBe('clean');
  });

  test.each([
    ['an offset below zero', 'offset', '-4096'],
    ['an offset that is no number', 'offset', '0x10'],
    ['a length that overflows', 'length', '9223372036854775807'],
    ['a base path of its own', 'basepath', '/etc'],
    ['a location that is not UTF-8', 'location', Uint8Array.of(0xff)],
    ['an empty location', 'location', ''],
  ])('with %s of external data is suspicious', async (_what, key, value) => {
    const tensor = concat(field(13, concat(field(1, key), field(2, value))), field(14, 1));

    const scan = await scanBytes(model(graph(field(5, tensor))));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['onnx.external-data']]);
  });

  test.each(['PythonOp', 'EPContext'])(
    'with the operator %s, which runs what the file names, is suspicious',
    async (name) => {
      const scan = await scanBytes(model(graph(field(1, node('com.microsoft', name)))));

      expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['onnx.custom-domain']]);
    },
  );

  test('may have metadata, but not settings of the runtime', async () => {
    const metadata = (key: string) => field(14, concat(field(1, key), field(2, '{}')));

    const ordinary = await scanBytes(model(graph(), metadata('author')));
    const settings = await scanBytes(model(graph(), metadata('ort_config')));

    expect([ordinary.verdict, rulesOf(settings)]).toEqual(['clean', ['onnx.metadata']]);
  });

  test.each([
    ['without a graph', concat(field(1, 9), field(8, field(2, 17)))],
    ['without operator sets', concat(field(1, 9), field(7, graph()))],
    ['cut off', model(graph(field(1, node('')))).slice(0, -3)],
    ['with unknown fields', model(graph(), field(99, 1))],
  ])('%s is not taken for one', async (_what, bytes) => {
    const scan = await scanBytes(bytes);

    expect([scan.format, scan.verdict]).toEqual(['unknown', 'not-scannable']);
  });

  test('is read without its tensors', async () => {
    const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))]);
    const size = 1.5e9;
    const raw = concat([9 * 8 + 2], varint(size));
    const initializer = concat([5 * 8 + 2], varint(raw.length + size), raw);
    const body = concat([7 * 8 + 2], varint(initializer.length + size), initializer);
    const start = concat(field(1, 9), field(8, field(2, 17)), body);

    const scan = await scanFile('m.onnx', sparseSource(start.length + size, [{ at: 0, bytes: start }]));

    expect(scan).toMatchObject({ verdict: 'clean', format: 'onnx' });
    expect(scan.bytesRead).toBeLessThan(1_000_000);
  });
});

describe('external data beside a model', () => {
  const raw = new Uint8Array([1, 2, 3, 0, 255]);

  test('are clean together with a clean model that names them', async () => {
    const owner = await scanBytes(model(graph(field(5, external('w.bin')))), 'dir/m.onnx');
    const data = await scanBytes(raw, 'dir/w.bin');

    const [, settled] = settleReferences([owner, data]);

    expect(data.verdict).toBe('not-scannable');
    expect(settled).toMatchObject({ verdict: 'clean', format: 'onnx-external-data', findings: [] });
  });

  test.each([
    ['the model lies elsewhere', 'm.onnx', '', raw],
    ['the model is not clean', 'dir/m.onnx', 'acme', raw],
    ['they are something else as well', 'dir/m.onnx', '', new TextEncoder().encode('\x7fELF\0')],
  ])('are judged alone if %s', async (_why, path, domain, bytes) => {
    const owner = await scanBytes(model(graph(field(5, external('w.bin')), field(1, node(domain)))), path);
    const data = await scanBytes(bytes, 'dir/w.bin');

    const [, settled] = settleReferences([owner, data]);

    expect(settled).toEqual(data);
  });
});
