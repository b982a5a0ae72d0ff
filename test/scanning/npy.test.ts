import { expect, test } from 'vitest';
import { scanFile } from '../../core/scanning/scan-file.ts';
import { concat, npy, op, PAYLOAD, pickle, real, rulesOf, scanBytes, sparseSource, zip } from './support.ts';

const HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
const OBJECTS = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
const RECORDS = "{'descr': [('a', '<f8'), ('o', '|O')], 'fortran_order': False, 'shape': (1,), }";

test('an array of numbers is clean', async () => {
  const scan = await scanBytes(npy(HEADER, new Uint8Array(16)));

  expect(scan).toMatchObject({ verdict: 'clean', format: 'npy' });
});

test.each([
  ['objects', OBJECTS],
  ['records with an object', RECORDS],
])('an array of %s is the pickle that it contains', async (_what, header) => {
  const honest = await scanBytes(npy(header, pickle(op('EMPTY_LIST'))));
  const hostile = await scanBytes(npy(header, pickle(PAYLOAD)));
  const followed = await scanBytes(npy(header, concat(pickle(op('EMPTY_LIST')), [1])));

  expect([honest.verdict, hostile.verdict]).toEqual(['clean', 'malicious']);
  expect(rulesOf(followed)).toEqual(['pickle.trailing-bytes']);
});

test.each([
  ['code', "__import__('os').system('true')", 'npy.header'],
  ['a call', "{'descr': str(1), 'fortran_order': False, 'shape': (2,), }", 'npy.header'],
  ['another entry', "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}", 'npy.header'],
  ['two dtypes', "{'descr': '<f8', 'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 'npy.header'],
  ['a negative shape', "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", 'npy.header'],
  ['a shape that is not that of the data', "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", 'npy.size'],
])('a header with %s is suspicious', async (_what, header, rule) => {
  const scan = await scanBytes(npy(header, new Uint8Array(16)));

  expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', [rule]]);
});

test('the objects of a member of an archive are read too', async () => {
  const scan = await scanBytes(zip([{ name: 'a.npy', content: npy(OBJECTS, pickle(PAYLOAD)), deflate: true }]));

  expect([scan.verdict, scan.format, scan.findings[0]?.member]).toEqual(['malicious', 'npz', 'a.npy']);
});

test('the numbers of a large array are not read', async () => {
  const start = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (125000, 10000), }", new Uint8Array());
  const source = sparseSource(start.length + 1e10, [{ at: 0, bytes: start }]);

  const scan = await scanFile('a.npy', source);

  expect(scan.verdict).toBe('clean');
  expect(scan.bytesRead).toBeLessThan(1_000_000);
});

test('a real array with a byte more is suspicious', async () => {
  const scan = await scanBytes(concat(real('floats.npy'), [0]));

  expect(rulesOf(scan)).toEqual(['npy.size']);
});
