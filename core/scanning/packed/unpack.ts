import type { ByteSource } from '../byte-source.ts';
import { startsWith } from '../bytes.ts';
import { limit, type Scan } from '../scan.ts';
import { Damaged, Output, TooLarge } from './output.ts';

type Unpack = (bytes: Uint8Array, output: Output, limit: number) => number | Promise<number>;

export type Packed = { readonly format: string; readonly magic: readonly number[]; readonly unpack: Unpack };

/** Compressions that Node does not unpack as a stream, by their first bytes. */
const PACKED: readonly Packed[] = [
  {
    format: 'xz',
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    unpack: async (bytes, output) => (await import('./xz.ts')).unpackXz(bytes, output),
  },
  {
    format: 'bzip2',
    magic: [0x42, 0x5a, 0x68],
    unpack: async (bytes, output) => (await import('./bzip2.ts')).unpackBzip2(bytes, output),
  },
  {
    format: 'lz4',
    magic: [0x04, 0x22, 0x4d, 0x18],
    unpack: async (bytes, output) => (await import('./lz4.ts')).unpackLz4(bytes, output),
  },
  {
    format: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    unpack: async (bytes, output, limit) => (await import('./zstd.ts')).unpackZstd(bytes, output, limit),
  },
  // Properties that every writer chooses, and a dictionary of whole 64 KiB.
  {
    format: 'lzma',
    magic: [0x5d, 0, 0],
    unpack: async (bytes, output) => (await import('./xz.ts')).unpackLzmaAlone(bytes, output),
  },
];

export const packedFormat = (head: Uint8Array): Packed | undefined =>
  PACKED.find(({ magic }) => startsWith(head, magic));

/**
 * Unpacks all of a source within the limits. Damage ends the content and is a finding: what came before it was handed to
 * the loader all the same.
 */
export const unpacked = async (
  scan: Scan,
  { source, packed, member }: { source: ByteSource; packed: Packed; member: string | undefined },
): Promise<Uint8Array> => {
  const { limits } = scan;
  if (source.size > limits.heldBytes) throw limit('heldBytes', limits);
  const most = Math.min(limits.heldBytes, limits.decompressedBytes - scan.decompressed);
  const output = new Output(most);
  try {
    const bytes = await source.read(0, source.size);
    const end = await packed.unpack(bytes, output, most);
    const left = source.size - end;
    if (left > 0)
      scan.report('compressed.trailing-bytes', { what: `${left} bytes after the compressed stream`, member });
  } catch (cause) {
    if (cause instanceof TooLarge) throw limit('heldBytes', limits);
    if (!(cause instanceof Damaged)) throw cause;
    scan.report('compressed.damaged', { what: `the ${packed.format} stream is damaged`, member });
  }
  scan.countDecompressed(output.length);
  return output.content;
};
