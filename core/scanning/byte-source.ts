/** Bytes at rest that can be read by range: a local file, an S3 object, a buffer. */
export type ByteSource = {
  readonly size: number;
  /** The bytes [offset, offset + length); fewer only where the source ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
};

export const bufferSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

/** Serves reads that lie within the first bytes from memory: every look at the format starts there. */
export const withHead = (source: ByteSource, head: Uint8Array): ByteSource => ({
  size: source.size,
  read: async (offset, length) =>
    offset + length <= head.length || head.length === source.size
      ? head.subarray(offset, offset + length)
      : source.read(offset, length),
});
