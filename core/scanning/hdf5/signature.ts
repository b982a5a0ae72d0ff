import type { ByteSource } from '../byte-source.ts';
import { ascii, startsWith } from '../bytes.ts';

export const SIGNATURE = [0x89, ...ascii('HDF\r\n\x1a\n')];
const FIRST_SEARCHED = 512;

export const isHdf5 = (head: Uint8Array): boolean => startsWith(head, SIGNATURE);

/**
 * Readers look for the signature at 0, 512, 1024 and so on, doubling: what is in front of it may be any other format.
 * @returns where it is in content that does not begin with it
 */
export const superblockBehind = async (source: ByteSource, head: Uint8Array): Promise<number | undefined> => {
  if (isHdf5(head)) return undefined;
  const places: number[] = [];
  for (let at = FIRST_SEARCHED; at + SIGNATURE.length <= source.size; at *= 2) places.push(at);
  const found = await Promise.all(
    places.map(async (at) => isHdf5(at < head.length ? head.subarray(at) : await source.read(at, SIGNATURE.length))),
  );
  return places.find((_, i) => found[i]);
};
