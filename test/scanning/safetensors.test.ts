import { describe, expect, test } from 'vitest';
import { concat, op, PAYLOAD, rulesOf, safetensors, scanBytes } from './support.ts';

const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('a safetensors file', () => {
  test.each([
    ['without tensors', safetensors({})],
    [
      'with metadata and padding',
      safetensors(`{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}    `, 8),
    ],
    ['with tensors in any order', safetensors({ b: tensor(8, 16), a: tensor(0, 8) }, 16)],
    ['with scalars and empty tensors', safetensors({ s: tensor(0, 4, []), e: tensor(4, 4, [0, 3]) }, 4)],
    ['with two values in a byte', safetensors({ w: tensor(0, 3, [6], 'F4') }, 3)],
  ])('is clean %s', async (_what, bytes) => {
    const scan = await scanBytes(bytes);

    expect(scan).toMatchObject({ verdict: 'clean', format: 'safetensors' });
  });

  test.each([
    ['overlapping tensors', safetensors({ a: tensor(0, 8), b: tensor(4, 12) }, 12), 'safetensors.layout'],
    ['a hole', safetensors({ a: tensor(0, 4), b: tensor(8, 12) }, 12), 'safetensors.layout'],
    ['bytes behind the last tensor', safetensors({ a: tensor(0, 4) }, 12), 'safetensors.layout'],
    ['tensors beyond the end', safetensors({ a: tensor(0, 40) }, 12), 'safetensors.layout'],
    ['a length that is not its shape', safetensors({ a: tensor(0, 8, [3]) }, 8), 'safetensors.header'],
    ['a shape that overflows', safetensors({ a: tensor(0, 8, [2 ** 40, 2 ** 40]) }, 8), 'safetensors.header'],
    [
      'a negative offset',
      safetensors({ a: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }),
      'safetensors.header',
    ],
    ['an unknown dtype', safetensors({ a: tensor(0, 8, [1], 'OBJ') }, 8), 'safetensors.header'],
    ['an extra key', safetensors({ a: { ...tensor(0, 4), call: 'x' } }, 4), 'safetensors.header'],
    ['metadata that are no strings', safetensors({ __metadata__: { a: 1 } }), 'safetensors.header'],
    [
      'two tensors of one name',
      safetensors(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      'safetensors.header',
    ],
    ['text behind the header', safetensors('{}{}'), 'safetensors.header'],
  ])('is suspicious with %s', async (_what, bytes, rule) => {
    const scan = await scanBytes(bytes);

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', [rule]]);
  });

  test.each([
    [
      'a header longer than the file',
      concat([255, 255, 0, 0, 0, 0, 0, 0], safetensors({ a: tensor(0, 4) }, 4).slice(8)),
    ],
    [
      'a header longer than any reader takes',
      concat([0, 0, 0, 0, 1, 0, 0, 0], safetensors({ a: tensor(0, 4) }, 4).slice(8)),
    ],
    ['a header of no length', concat(new Uint8Array(8), safetensors({ a: tensor(0, 4) }, 4).slice(8))],
  ])('is suspicious with %s', async (_what, bytes) => {
    const scan = await scanBytes(bytes);

    expect(scan).toMatchObject({ verdict: 'suspicious', format: 'safetensors' });
    expect(rulesOf(scan)).toContain('safetensors.header');
  });

  test.each(['BOOL', 'U8', 'I8', 'F8_E4M3', 'F8_E5M2', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'])(
    'may have tensors of %s',
    async (dtype) => {
      const scan = await scanBytes(safetensors({ w: tensor(0, 8, [8], dtype) }, 8));

      expect(scan.verdict).toBe('clean');
    },
  );

  test('whose length begins as a pickle does is no pickle', async () => {
    const header = JSON.stringify({ a: tensor(0, 4) }).padEnd(0x280);

    const scan = await scanBytes(safetensors(header, 4));

    expect(scan).toMatchObject({ verdict: 'clean', format: 'safetensors' });
  });

  /** The length 0x1458 is also BINUNICODE with a length of 20 bytes: an unpickler goes on after them. */
  test('that an unpickler would run is malicious', async () => {
    const space = ' '.repeat(0x1458 - 2);
    const bytes = safetensors(`{${space}}`);
    bytes.set(concat(op('POP'), PAYLOAD), 1 + 4 + 20);

    const scan = await scanBytes(bytes);

    expect(rulesOf(scan)).toContain('pickle.polyglot');
  });
});
