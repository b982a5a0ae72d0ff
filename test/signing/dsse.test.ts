import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, encodeBase64, preAuthEncoding } from '../../core/signing/dsse.ts';
import { vectors } from '../support/vectors.ts';

type Vector = { payloadType: string; body: string; pae: string };

describe('the pre-authentication encoding', () => {
  test('is that of the DSSE protocol document', () => {
    const { payloadType, body, pae } = vectors<Vector>('dsse_pae');

    expect(Buffer.from(preAuthEncoding(payloadType, Buffer.from(body))).toString()).toBe(pae);
  });

  test('counts bytes, not characters', () => {
    expect(Buffer.from(preAuthEncoding('é', Buffer.from('😂'))).toString()).toBe('DSSEv1 2 é 4 😂');
  });

  test('is different for every pair of type and payload', () => {
    const pair = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));

    fc.assert(
      fc.property(pair, pair, (a, b) => {
        const [first, second] = [a, b].map(([type, body]) => preAuthEncoding(type, Buffer.from(body)));

        expect(Buffer.compare(first ?? Buffer.of(), second ?? Buffer.of()) === 0).toBe(a[0] === b[0] && a[1] === b[1]);
      }),
    );
  });

  test('does not let a byte move from the type to the payload', () => {
    const one = preAuthEncoding('a', Buffer.from('b 1 c'));
    const other = preAuthEncoding('a 5 b', Buffer.from('c'));

    expect(Buffer.from(one)).not.toEqual(Buffer.from(other));
  });
});

describe('base64', () => {
  test('gives back the bytes that were encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(encodeBase64(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each(['YQ', 'YQ=', 'YR==', 'YQ==\n', ' YQ==', 'Y Q==', '-_8=', 'YQ==YQ==', '!'])(
    'has no second text: %j',
    (text) => {
      expect(decodeBase64(text)).toBeUndefined();
    },
  );
});
