import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Digest, digestOf, digestOfBase64, digestOfRaw, hexOf } from '../../core/kernel/digest.ts';

const HELLO = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const HELLO_BASE64 = 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=';
const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('a digest', () => {
  test.each([
    ['hello', HELLO],
    ['', EMPTY],
  ])('of %j is the one that FIPS 180-4 gives', (text, digest) => {
    expect(digestOf(text)).toBe(digest);
    expect(digestOf(Buffer.from(text))).toBe(digest);
  });

  test('of text is that of its UTF-8 bytes', () => {
    expect(digestOf('péché 😂')).toBe(digestOf(Buffer.from('péché 😂', 'utf8')));
  });

  test.each([
    HELLO.slice('sha256:'.length),
    HELLO.toUpperCase(),
    HELLO.replace('sha256', 'sha512'),
    HELLO.slice(0, -1),
    `${HELLO}0`,
    `${HELLO}\n`,
    ` ${HELLO}`,
    '',
  ])('is not %j', (text) => {
    expect(Digest.safeParse(text).success).toBe(false);
  });

  test('is the same from raw bytes, from base64 and from what was hashed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const raw = createHash('sha256').update(bytes).digest();

        expect(digestOfRaw(raw)).toBe(digestOf(bytes));
        expect(digestOfBase64(raw.toString('base64'))).toBe(digestOf(bytes));
        expect(hexOf(digestOf(bytes))).toBe(raw.toString('hex'));
      }),
    );
  });

  test('is read from the form that S3 stores', () => {
    expect(digestOfBase64(HELLO_BASE64)).toBe(HELLO);
  });

  test.each([
    ['the composite checksum of a multipart upload', `${HELLO_BASE64}-3`],
    ['the CRC-64 of an object', 'AAAAAAAAAAA='],
    ['base64 without its padding', HELLO_BASE64.slice(0, -1)],
    ['the URL-safe alphabet', HELLO_BASE64.replace('+', '-')],
    ['white space', ` ${HELLO_BASE64}`],
    ['unused bits that are not zero', HELLO_BASE64.replace('CQ=', 'CR=')],
    ['nothing', ''],
  ])('is not read from %s', (_what, text) => {
    expect(() => digestOfBase64(text)).toThrow(TypeError);
  });

  test('is not read from raw bytes of another length', () => {
    expect(() => digestOfRaw(new Uint8Array(31))).toThrow();
    expect(() => digestOfRaw(new Uint8Array(33))).toThrow();
  });
});
