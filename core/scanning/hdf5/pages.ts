import type { ByteSource } from '../byte-source.ts';

/** HDF5 keeps its structures in blocks of 2 KiB between the data: near one another, and small. */
const PAGE = 16 * 1024;
const KEPT = 512;

/** Serves small reads here and there from whole pages, of which the last used stay in memory. */
export const paged = (source: ByteSource): ByteSource => {
  const pages = new Map<number, Uint8Array>();

  const page = async (index: number): Promise<Uint8Array> => {
    const bytes = pages.get(index) ?? (await source.read(index * PAGE, PAGE));
    pages.delete(index);
    pages.set(index, bytes);
    const [oldest] = pages.keys();
    if (pages.size > KEPT && oldest !== undefined) pages.delete(oldest);
    return bytes;
  };

  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const end = Math.min(offset + length, source.size);
    if (end - offset > PAGE) return source.read(offset, length);
    const first = Math.floor(offset / PAGE);
    const within = offset - first * PAGE;
    const start = (await page(first)).subarray(within, within + end - offset);
    if (start.length === end - offset) return start;
    const whole = new Uint8Array(end - offset);
    whole.set(start);
    whole.set((await page(first + 1)).subarray(0, whole.length - start.length), start.length);
    return whole;
  };
  return { size: source.size, read };
};
