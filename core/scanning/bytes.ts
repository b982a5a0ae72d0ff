/** Little-endian fields of a record that lies in one buffer. */
export const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Beyond 2^53 no file is that long: the caller's bounds check refuses it, exact or not. */
export const u64 = (data: DataView, offset: number): number =>
  data.getUint32(offset, true) + data.getUint32(offset + 4, true) * 2 ** 32;

export const startsWith = (bytes: Uint8Array, prefix: readonly number[] | Uint8Array, at = 0): boolean => {
  if (bytes.length < at + prefix.length) return false;
  for (let i = 0; i < prefix.length; i += 1) if (bytes[at + i] !== prefix[i]) return false;
  return true;
};

export const ascii = (text: string): readonly number[] => Array.from(text, (c) => c.charCodeAt(0));

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && startsWith(a, b);
