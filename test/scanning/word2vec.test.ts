import { describe, expect, test } from 'vitest';
import { concat, PAYLOAD, pickle, scanBytes } from './support.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const vector = (word: string, ...numbers: readonly number[]) =>
  concat(utf8(`${word} `), new Uint8Array(Float32Array.from(numbers).buffer));
const NEWLINE = [0x0a];

describe('word vectors in binary', () => {
  test('are clean as gensim and as the original program write them', async () => {
    const words = [vector('rose', 0.5, -1), vector('Tulpe', 1e9, 3)];

    const gensim = await scanBytes(concat(utf8('2 2\n'), ...words), 'vectors.bin');
    const original = await scanBytes(concat(utf8('2 2\n'), ...words.map((each) => concat(each, NEWLINE))));

    expect([gensim.verdict, gensim.format]).toEqual(['clean', 'word2vec']);
    expect([original.verdict, original.format]).toEqual(['clean', 'word2vec']);
  });

  test.each([
    ['hold fewer words than they say', concat(utf8('3 2\n'), vector('rose', 1, 2), vector('tulip', 1, 2))],
    ['hold more', concat(utf8('1 2\n'), vector('rose', 1, 2), vector('tulip', 1, 2))],
    ['end within a vector', concat(utf8('1 2\n'), vector('rose', 1, 2)).slice(0, -1)],
    ['have a word that is no text', concat(utf8('1 1\n'), [0xff, 0x20], new Uint8Array(4))],
    ['have something behind them', concat(utf8('1 1\n'), vector('rose', 1), pickle(PAYLOAD))],
  ])('are not clean if they %s', async (_what, bytes) => {
    expect((await scanBytes(bytes)).verdict).not.toBe('clean');
  });
});
