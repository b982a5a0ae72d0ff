import type { ByteSource } from '../byte-source.ts';
import { ascii, startsWith, view } from '../bytes.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';

const PNG = [0x89, ...ascii('PNG\r\n\x1a\n')];
const JPEG = [0xff, 0xd8, 0xff];
const PARQUET = ascii('PAR1');
const CHUNK_FRAME = 12;

export const isPng = (head: Uint8Array): boolean => startsWith(head, PNG);
export const isJpeg = (head: Uint8Array): boolean => startsWith(head, JPEG);
export const isParquet = (head: Uint8Array): boolean => startsWith(head, PARQUET);

const isChunkName = (bytes: Uint8Array): boolean =>
  bytes.subarray(4, 8).every((b) => /[A-Za-z]/.test(String.fromCharCode(b)));

/** Chunk after chunk to IEND, which ends the file: nothing hides between or behind. */
export const scanPng = async (scan: Scan, source: ByteSource): Promise<void> => {
  let at = PNG.length;
  for (let chunks = 0; ; chunks += 1) {
    if (chunks > scan.limits.members) throw limit('members', scan.limits);
    const head = await source.read(at, 8);
    if (head.length < 8 || !isChunkName(head))
      throw new Unscannable('image.malformed', { what: 'a damaged chunk', offset: at });
    const name = String.fromCharCode(...head.subarray(4, 8));
    if (chunks === 0 && name !== 'IHDR')
      throw new Unscannable('image.malformed', { what: 'no header chunk', offset: at });
    at += CHUNK_FRAME + view(head).getUint32(0);
    if (at > source.size) throw new Unscannable('image.malformed', { what: `chunk ${name} is cut off`, offset: at });
    if (name !== 'IEND') continue;
    if (at !== source.size) throw new Unscannable('image.malformed', { what: 'bytes after the image', offset: at });
    return;
  }
};

export const scanJpeg = async (source: ByteSource): Promise<void> => {
  const tail = await source.read(Math.max(0, source.size - 2), 2);
  if (tail[0] !== 0xff || tail[1] !== 0xd9) throw new Unscannable('image.malformed', { what: 'bytes after the image' });
};

const MAGIC_SIZE = 4;
/** Magic at both ends, and a footer that fits between them. */
export const scanParquet = async (source: ByteSource): Promise<void> => {
  const tail = await source.read(Math.max(0, source.size - 2 * MAGIC_SIZE), 2 * MAGIC_SIZE);
  if (source.size < 3 * MAGIC_SIZE || !startsWith(tail, PARQUET, MAGIC_SIZE))
    throw new Unscannable('parquet.malformed', { what: 'no footer at the end' });
  const footer = view(tail).getUint32(0, true);
  if (footer === 0 || footer > source.size - 3 * MAGIC_SIZE)
    throw new Unscannable('parquet.malformed', { what: `a footer of ${footer} bytes` });
};
