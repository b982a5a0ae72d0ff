import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compositeOf, PartHasher, partSizeOf, rangeOf, S3_PIECES, whichToResume } from '../../cli/parts.ts';
import { type Digest, digestOf } from '../../core/kernel/digest.ts';

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

const cut = (bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...chunks, bytes.subarray(at)];
};

const slices = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => {
    const { offset, length } = rangeOf(index + 1, bytes.length, size);
    return bytes.subarray(offset, offset + length);
  });

test('what S3 takes in one piece is sent in one, since only then it keeps the SHA-256 of the whole', () => {
  const sizes = [0, 1, 5 * GiB, 5 * GiB + 1].map((size) => partSizeOf(size, S3_PIECES));

  expect(sizes).toEqual([undefined, undefined, undefined, 64 * MiB]);
});

test('no file that S3 can hold takes more parts than S3 takes, and no part is larger than S3 takes', () => {
  const LARGEST_OBJECT = 50e12;
  fc.assert(
    fc.property(fc.integer({ min: 5 * GiB + 1, max: LARGEST_OBJECT }), (size) => {
      const part = partSizeOf(size, S3_PIECES) ?? 0;

      expect(Math.ceil(size / part)).toBeLessThanOrEqual(10_000);
      expect(part).toBeGreaterThanOrEqual(5 * MiB);
      expect(part).toBeLessThanOrEqual(5 * GiB);
    }),
  );
});

test('the parts cover the file once, and each has the digest of its bytes, whatever chunks they came in', () => {
  const anything = {
    bytes: fc.uint8Array({ maxLength: 200 }),
    part: fc.integer({ min: 1, max: 60 }),
    lengths: fc.array(fc.nat(40)),
  };
  fc.assert(
    fc.property(fc.record(anything), ({ bytes, part, lengths }) => {
      const hasher = new PartHasher(part);
      for (const chunk of cut(bytes, lengths)) hasher.update(chunk);
      const { digests } = hasher.end();

      expect(Buffer.concat(slices(bytes, part))).toEqual(Buffer.from(bytes));
      expect(digests).toEqual(slices(bytes, part).map((slice) => digestOf(slice)));
    }),
  );
});

test('the sum that S3 makes of parts is the hash of their hashes and their number', () => {
  const bytes = Buffer.from('three parts of it');
  const raw = slices(bytes, 6).map((slice) => createHash('sha256').update(slice).digest());
  const sum = createHash('sha256').update(Buffer.concat(raw)).digest('base64');

  expect(compositeOf(slices(bytes, 6).map((slice) => digestOf(slice)))).toBe(`${sum}-3`);
});

describe('of the uploads that are open under a name', () => {
  const digests = ['one', 'two', 'three'].map((text) => digestOf(text));
  const other = digestOf('other');
  const upload = (id: string, ...parts: [number: number, digest: Digest | undefined][]) => ({
    id,
    parts: parts.map(([number, digest]) => ({ number, digest, tag: `"${number}"` })),
  });
  const [one, two, three] = digests as [Digest, Digest, Digest];
  const chosen = (...open: ReturnType<typeof upload>[]) => {
    const { resume, stale } = whichToResume(open, digests);
    return { resume: resume?.id, stale: stale.map(({ id }) => id) };
  };

  test('the one that has most of these bytes is gone on with', () => {
    expect(chosen(upload('a', [2, two]), upload('b', [1, one], [3, three]))).toEqual({ resume: 'b', stale: [] });
  });

  test('one of other bytes is stale: a part that differs, one in another place, one too many', () => {
    const open = [
      upload('differs', [1, one], [2, other]),
      upload('moved', [2, one]),
      upload('longer', [1, one], [4, other]),
    ];

    expect(chosen(...open)).toEqual({ resume: undefined, stale: ['differs', 'moved', 'longer'] });
  });

  test('one with parts that have no SHA-256, or with no part at all, is somebody else’s and left alone', () => {
    expect(chosen(upload('theirs', [1, undefined], [2, two]), upload('empty'))).toEqual({
      resume: undefined,
      stale: [],
    });
  });
});
