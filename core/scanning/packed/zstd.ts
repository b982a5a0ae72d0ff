import { zstdDecompressSync } from 'node:zlib';
import { Damaged, type Output, TooLarge } from './output.ts';

/** Frames of Zstandard. Node unpacks all of them or fails. @throws Damaged, TooLarge */
export const unpackZstd = (bytes: Uint8Array, output: Output, limit: number): number => {
  try {
    output.append(zstdDecompressSync(bytes, { maxOutputLength: limit }));
    return bytes.length;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
    throw new Damaged('the stream is damaged', { cause });
  }
};
