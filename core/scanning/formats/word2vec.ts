import type { ByteSource } from '../byte-source.ts';
import { streamOf } from '../byte-stream.ts';
import type { Scan } from '../scan.ts';

/** How many words, and how many numbers each has. */
const HEADER = /^([1-9]\d{0,8}) ([1-9]\d{0,4})\n/;
const LONGEST_HEADER = 16;
const LONGEST_WORD = 1024;
const FLOAT = 4;
const SPACE = 0x20;
const NEWLINE = 0x0a;

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** Word vectors as word2vec writes them in binary: a word, a space and its numbers, as often as the first line says. */
export const isWord2vec = async (scan: Scan, head: Uint8Array, source: ByteSource): Promise<boolean> => {
  const header = HEADER.exec(new TextDecoder('latin1').decode(head.subarray(0, LONGEST_HEADER)));
  if (header === null) return false;
  const [words, numbers] = [Number(header[1]), Number(header[2]) * FLOAT];
  const least = words * (numbers + 1);
  if (source.size < least || source.size > least + words * LONGEST_WORD) return false;
  const stream = streamOf(source, header[0].length);
  const vectors = async (): Promise<boolean> => {
    for (let i = 0; i < words; i += 1) {
      await stream.fill(LONGEST_WORD + 2);
      // gensim writes no line ends, the original program one after each vector.
      const start = stream.window[0] === NEWLINE ? 1 : 0;
      const space = stream.window.indexOf(SPACE, start);
      if (space === -1 || space > LONGEST_WORD || !isUtf8(stream.window.subarray(start, space))) return false;
      if (stream.position + space + 1 + numbers > source.size) return false;
      await stream.advance(space + 1 + numbers);
    }
    await stream.fill(1);
    return source.size - stream.position <= (stream.window[0] === NEWLINE ? 1 : 0);
  };
  return (await scan.quiet().attempt(vectors)) ?? false;
};
