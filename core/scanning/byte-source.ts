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
