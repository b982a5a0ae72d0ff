import { describe, expect, test } from 'vitest';
import { scanFile } from '../../core/scanning/scan-file.ts';
import {
  attribute,
  behindRoot,
  contiguous,
  dataspace,
  externalLink,
  filters,
  floats,
  hardLink,
  hdf5,
  header,
  le,
  linkInfo,
  type Message,
  opaqueAttribute,
  ROOT,
  softLink,
  superblock,
  userLink,
} from '../support/hdf5.ts';
import { concat, hostileHdf5, hostileHdf5Names, op, PAYLOAD, pickle, real, rulesOf, scanBytes } from './support.ts';

const LARGE = pickle(PAYLOAD);

/** What each file of the library does, and how bad that is. */
const HOSTILE: Record<string, readonly [verdict: string, ...rules: string[]]> = {
  'bytes.h5': ['malicious', 'pickle.global-dangerous'],
  'cycle.h5': ['suspicious', 'hdf5.malformed'],
  'dense-attribute.h5': ['malicious', 'pickle.global-dangerous'],
  'dense-huge.h5': ['malicious', 'pickle.global-dangerous'],
  'dense-link.h5': ['malicious', 'hdf5.external-path'],
  'expansion.h5': ['suspicious', 'hdf5.expansion'],
  'external-link.h5': ['malicious', 'hdf5.external-path'],
  'external-storage.h5': ['malicious', 'hdf5.external-path'],
  'filter.h5': ['suspicious', 'hdf5.filter'],
  'keras-lambda.h5': ['malicious', 'keras.lambda'],
  'keras-lambda.keras': ['malicious', 'keras.lambda'],
  'opaque.h5': ['malicious', 'pickle.global-dangerous'],
  'pytables-attribute.h5': ['malicious', 'pickle.global-dangerous'],
  'pytables-rows-packed.h5': ['malicious', 'pickle.global-dangerous'],
  'pytables-rows.h5': ['malicious', 'pickle.global-dangerous'],
  'reference.h5': ['not-scannable', 'hdf5.not-read'],
  'region-attribute.h5': ['not-scannable', 'hdf5.not-read'],
  'tf-keras-lambda.h5': ['malicious', 'keras.lambda'],
  'user-block.h5': ['suspicious', 'format.unknown', 'hdf5.outside-bytes'],
  'virtual-same.h5': ['suspicious', 'hdf5.external-file'],
  'virtual.h5': ['malicious', 'hdf5.external-file', 'hdf5.external-path'],
};

test('there is a verdict for every hostile file', () => {
  expect(hostileHdf5Names()).toEqual(Object.keys(HOSTILE));
});

test.each(Object.entries(HOSTILE))(
  '%s, written by h5py, PyTables or Keras, is %j',
  async (name, [verdict, ...rules]) => {
    const scan = await scanBytes(hostileHdf5(name), name);

    expect([scan.verdict, rulesOf(scan)]).toEqual([verdict, rules]);
  },
);

const patched = (bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array => {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
};
const VALUES = 8;
/** A root group with a dataset of two floats behind it. */
const withDataset = (change: readonly Message[] = [], extra: readonly Message[] = []): Uint8Array => {
  const links = (at: number) => [linkInfo, ...extra, hardLink('w', at)];
  const at = behindRoot(links(0));
  const messages = (data: number) => [dataspace(2), floats, contiguous(data, VALUES), ...change];
  const dataset = header(...messages(at + header(...messages(0)).length));
  return hdf5(links(at), dataset, new Uint8Array(VALUES));
};

test.each(['structures-latest.h5', 'frame.h5'])('%s is left as it was by being scanned', async (name) => {
  // Parts of a Buffer share its memory, even those that look like copies.
  const bytes = Buffer.from(real(name));
  const source = { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) };

  const scan = await scanFile(name, source);

  expect(scan.verdict).toBe('clean');
  expect(bytes.equals(real(name))).toBe(true);
});

describe('an HDF5 file', () => {
  test.each([
    ['of a group with a dataset', withDataset()],
    ['with a filter of the library that wrote it', withDataset([filters(32_000)])],
    ['with a link to itself', withDataset([], [softLink('s', '/w')])],
    ['with a text that ends like a pickle', withDataset([], [attribute('note', 'Trained in May. N.A.')])],
    ['with a text that is a pickle of plain values', withDataset([], [attribute('n', pickle(op('NONE')))])],
    ['with a dataset that was never written', hdf5([dataspace(2), floats, contiguous(undefined, VALUES)])],
  ])('%s is clean', async (_what, bytes) => {
    const scan = await scanBytes(bytes);

    expect(scan).toMatchObject({ verdict: 'clean', format: 'hdf5', findings: [] });
  });

  test.each(['other.h5', './other.h5', 'folder/other.h5'])('that links to %s beside it is suspicious', async (file) => {
    const scan = await scanBytes(hdf5([linkInfo, externalLink('w', file)]));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['hdf5.external-file']]);
  });

  test.each(['/etc/passwd', '../other.h5', 'a/../../b', 'C:\\x', 's3://bucket/x', 'https://host/x', '~/x', '$HOME/x'])(
    'that links to %s is malicious',
    async (file) => {
      const scan = await scanBytes(hdf5([linkInfo, externalLink('w', file)]));

      expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', ['hdf5.external-path']]);
    },
  );

  test('with a link of a type that its reader must know is suspicious', async () => {
    const scan = await scanBytes(hdf5([linkInfo, userLink('w', 187)]));

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', ['hdf5.user-link']]);
  });

  test('with a pickle that acts in an attribute is malicious, and so it is when it is cut off', async () => {
    const whole = await scanBytes(withDataset([], [attribute('a', LARGE)]));
    const cut = await scanBytes(withDataset([], [opaqueAttribute('a', LARGE.slice(0, -1))]));

    expect(rulesOf(whole)).toEqual(['pickle.global-dangerous']);
    expect(rulesOf(cut)).toContain('pickle.global-dangerous');
  });

  test('what is not understood does not hide what stands behind it', async () => {
    const unknown = patched(Uint8Array.from(attribute('a', 'x').body), 8 + 8, 0x1c);
    const bytes = hdf5([linkInfo, { type: 12, body: unknown }, externalLink('w', '/etc/passwd')]);

    const scan = await scanBytes(bytes);

    expect([scan.verdict, rulesOf(scan)]).toEqual(['malicious', ['hdf5.external-path', 'hdf5.not-read']]);
  });

  test('is found behind the bytes of another format', async () => {
    const inner = hdf5([linkInfo, externalLink('w', '/etc/passwd')]);
    const front = concat(new TextEncoder().encode('{"a": 1}'), new Uint8Array(4096 - 8).fill(32));
    const bytes = concat(front, superblock(front.length + inner.length, ROOT, front.length), inner.subarray(ROOT));

    const scan = await scanBytes(bytes, 'config.json');

    expect(rulesOf(scan)).toEqual(expect.arrayContaining(['hdf5.external-path', 'hdf5.outside-bytes']));
  });

  test('inside of an archive is judged with its place', async () => {
    const scan = await scanBytes(hostileHdf5('keras-lambda.keras'));

    expect(scan.findings).toEqual([expect.objectContaining({ rule: 'keras.lambda', member: 'config.json' })]);
  });
});

const find = (bytes: Uint8Array, text: string): number => Buffer.from(bytes).indexOf(text, 0, 'latin1');
const OLD = real('structures.h5');
const NEW = real('structures-latest.h5');
const TABLE = find(OLD, 'TREE');
const NODE = find(OLD, 'SNOD');
const HEAP = find(OLD, 'HEAP');
const COLLECTION = find(OLD, 'GCOL');

const CONTRADICTIONS: readonly (readonly [what: string, bytes: Uint8Array, rule: string])[] = [
  ['bytes behind its end', concat(withDataset(), [1]), 'hdf5.outside-bytes'],
  ['an end beyond the file', patched(withDataset(), 40, ...le(1e6, 8)), 'hdf5.malformed'],
  ['addresses that count from elsewhere', patched(withDataset(), 24, 8), 'hdf5.malformed'],
  ['a root that is nowhere', patched(withDataset(), 64, ...le(2 ** 48, 8)), 'hdf5.malformed'],
  ['a root that is no object', patched(withDataset(), ROOT, 7), 'hdf5.malformed'],
  ['more messages than it counts', patched(withDataset(), ROOT + 2, 1), 'hdf5.malformed'],
  ['a header that is longer than the file', patched(withDataset(), ROOT + 8, ...le(2 ** 31, 4)), 'hdf5.malformed'],
  ['a group that is a dataset too', withDataset([linkInfo]), 'hdf5.malformed'],
  ['two shapes', withDataset([dataspace(2)]), 'hdf5.malformed'],
  ['two attributes of one name', withDataset([], [attribute('a', 'x'), attribute('a', 'y')]), 'hdf5.malformed'],
  ['two members of one name', withDataset([], [softLink('w', '/x')]), 'hdf5.malformed'],
  ['values that are longer than the shape', hdf5([dataspace(2), floats, contiguous(96, 9)]), 'hdf5.malformed'],
  ['values where its superblock is', hdf5([dataspace(2), floats, contiguous(0, VALUES)]), 'hdf5.overlap'],
  [
    'values that share bytes with a header, where there would be room',
    hdf5([dataspace(2), floats, contiguous(ROOT + 4, VALUES)], new Uint8Array(100)),
    'hdf5.overlap',
  ],
  ['values beyond its end', hdf5([dataspace(2), floats, contiguous(4096, VALUES)]), 'hdf5.malformed'],
  ['more values than memory', hdf5([dataspace(2 ** 40), floats, contiguous(undefined, 2 ** 42)]), 'hdf5.expansion'],
  ['a group of no members but one', hdf5([linkInfo, hardLink('w', ROOT)]), 'hdf5.malformed'],
  ['a table with too many entries', patched(OLD, TABLE + 6, 255, 127), 'hdf5.malformed'],
  ['a table of another kind', patched(OLD, TABLE + 4, 1), 'hdf5.malformed'],
  ['a table below itself', patched(OLD, TABLE + 5, 1), 'hdf5.malformed'],
  ['a node with too many entries', patched(OLD, NODE + 6, 255), 'hdf5.malformed'],
  ['a root whose entry points to another table', patched(OLD, 80, ...le(TABLE + 8, 8)), 'hdf5.malformed'],
  ['an entry that points to another heap', patched(OLD, NODE + 8 + 32, ...le(HEAP + 8, 8)), 'hdf5.malformed'],
  ['a name outside of its heap', patched(OLD, NODE + 8, ...le(9999, 8)), 'hdf5.malformed'],
  ['a heap that is longer than the file', patched(OLD, HEAP + 8, ...le(2 ** 40, 8)), 'hdf5.malformed'],
  ['a heap of values that is longer than the file', patched(OLD, COLLECTION + 8, ...le(2 ** 40, 8)), 'hdf5.malformed'],
  ['a value that is longer than its heap', patched(OLD, COLLECTION + 24, ...le(2 ** 40, 8)), 'hdf5.malformed'],
  ...['OHDR', 'FRHP', 'BTHD', 'BTLF', 'FHDB'].map(
    (signature) =>
      [`a wrong checksum in ${signature}`, patched(NEW, find(NEW, signature) + 7, 77), 'hdf5.malformed'] as const,
  ),
];

describe('an HDF5 file that contradicts itself is suspicious', () => {
  test.each(CONTRADICTIONS)('%s', async (_what, bytes, rule) => {
    const scan = await scanBytes(bytes);

    expect([scan.verdict, rulesOf(scan)]).toEqual(['suspicious', [rule]]);
  });

  test.each(['structures.h5', 'structures-latest.h5'])('cut off anywhere: %s', async (name) => {
    const whole = real(name);

    for (let length = 8; length < whole.length; length += 97)
      expect((await scanBytes(whole.slice(0, length))).verdict, `${length}`).not.toBe('clean');
  });
});

test.each([
  ['a later superblock', patched(OLD, 8, 4)],
  ['a file that is still open', patched(OLD, 20, 1)],
  ['an unknown message', hdf5([linkInfo, { type: 99, body: [] }])],
  ['a shared table of messages', hdf5([linkInfo, { type: 12, body: [3, 1, 0, 0, 0, 0, 0, 0], flags: 2 }])],
])('%s cannot be scanned or is suspicious, never clean', async (_what, bytes) => {
  const scan = await scanBytes(bytes);

  expect(scan.verdict).not.toBe('clean');
});
