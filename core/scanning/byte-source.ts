/** Bytes at rest that can be read by range: a local file, an S3 object, a buffer. */
export type ByteSource = {
  readonly size: number;
  /** The bytes [offset, offset + length); fewer only where the source ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * Where a source can: the same bytes, as many as `into` is long, into memory that the caller has. Resolves to how many
   * there were. A walk through a large file would otherwise leave all of it behind as garbage.
   */
  readInto?(offset: number, into: Uint8Array): Promise<number>;
};

export const bufferSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

/** A part of a source, from its byte `start` on. */
export const sectionOf = (source: ByteSource, start: number, size: number): ByteSource => ({
  size,
  read: (offset, length) => source.read(start + offset, Math.max(0, Math.min(length, size - offset))),
});

const intoFrom =
  (head: Uint8Array, readInto: NonNullable<ByteSource['readInto']>): typeof readInto =>
  async (offset, into) => {
    if (offset + into.length > head.length) return readInto(offset, into);
    into.set(head.subarray(offset, offset + into.length));
    return into.length;
  };

/** Serves reads that lie within the first bytes from memory: every look at the format starts there. */
export const withHead = (source: ByteSource, head: Uint8Array): ByteSource => ({
  ...source,
  ...(source.readInto && { readInto: intoFrom(head, source.readInto) }),
  read: async (offset, length) =>
    offset + length <= head.length || head.length === source.size
      ? head.subarray(offset, offset + length)
      : source.read(offset, length),
});
