import Bunzip from 'seek-bzip';
import { Damaged, Input, type Output, TooLarge } from './output.ts';

/** Streams of bzip2, one after the other. Resolves to how many bytes they have. @throws Damaged, TooLarge */
export const unpackBzip2 = (bytes: Uint8Array, output: Output): number => {
  const input = new Input(bytes);
  const source = {
    readByte: () => input.byte(),
    read: (into: Uint8Array, at: number, count: number) => {
      into.set(input.take(count), at);
      return count;
    },
    eof: () => input.at >= input.end,
  };
  const target = { writeByte: (byte: number) => output.byte(byte), flush: () => {} };
  try {
    Bunzip.decode(source, target, true);
  } catch (cause) {
    if (cause instanceof TooLarge) throw cause;
    throw new Damaged('the stream is damaged', { cause });
  }
  return input.at;
};
