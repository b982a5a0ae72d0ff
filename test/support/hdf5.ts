/** A writer of HDF5 files, as honest or as twisted as the messages that it is given (superblock 0, headers 1). */
type Bytes = Uint8Array | readonly number[];

const join = (...parts: readonly Bytes[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);
const padded = (bytes: Bytes): Uint8Array => join(bytes, new Uint8Array((8 - (bytes.length % 8)) % 8));
const NOWHERE = new Array<number>(8).fill(0xff);

export const le = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
const address = (value: number | undefined): readonly number[] => (value === undefined ? NOWHERE : le(value, 8));

/** A message of an object header. */
export type Message = { readonly type: number; readonly body: Bytes; readonly flags?: number };

export const dataspace = (...dimensions: readonly number[]): Message => ({
  type: 1,
  body: join([1, dimensions.length, 0, 0, 0, 0, 0, 0], ...dimensions.map((each) => le(each, 8))),
});

const text = (length: number): number[] => [0x13, 0, 0, 0, ...le(length, 4)];
const float = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
const opaque = (length: number): number[] => [0x15, 0, 0, 0, ...le(length, 4)];
export const floats: Message = { type: 3, body: float };

const attributeOf = (name: string, type: readonly number[], value: Bytes): Message => {
  const named = utf8(`${name}\0`);
  const space = dataspace().body;
  return {
    type: 12,
    body: join(
      [1, 0],
      le(named.length, 2),
      le(type.length, 2),
      le(space.length, 2),
      padded(named),
      padded(type),
      padded(space),
      value,
    ),
  };
};
/** An attribute with a text of fixed length. */
export const attribute = (name: string, value: string | Uint8Array): Message => {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  return attributeOf(name, text(bytes.length), bytes);
};
export const opaqueAttribute = (name: string, value: Uint8Array): Message =>
  attributeOf(name, opaque(value.length), value);

export const contiguous = (at: number | undefined, bytes: number): Message => ({
  type: 8,
  body: join([3, 1], address(at), le(bytes, 8)),
});

/** A filter pipeline. */
export const filters = (...ids: readonly number[]): Message => ({
  type: 11,
  body: join([1, ids.length, 0, 0, 0, 0, 0, 0], ...ids.map((id) => join(le(id, 2), [0, 0, 1, 0, 0, 0]))),
});

/** What makes an object a group whose links are messages. */
export const linkInfo: Message = { type: 2, body: join([0, 0], NOWHERE, NOWHERE) };
const link = (name: string, type: number, value: Bytes): Message => {
  const bytes = utf8(name);
  return { type: 6, body: join([1, 8, type, bytes.length], bytes, value) };
};
export const hardLink = (name: string, at: number): Message => link(name, 0, address(at));
export const softLink = (name: string, path: string): Message =>
  link(name, 1, join(le(utf8(path).length, 2), utf8(path)));
export const externalLink = (name: string, file: string): Message => {
  const value = join([0], utf8(`${file}\0/x\0`));
  return link(name, 64, join(le(value.length, 2), value));
};
export const userLink = (name: string, type: number): Message => link(name, type, [2, 0, 1, 2]);

/** An object header of version 1. */
export const header = (...messages: readonly Message[]): Uint8Array => {
  const blocks = messages.map(({ type, body, flags = 0 }) => {
    const bytes = padded(body);
    return join(le(type, 2), le(bytes.length, 2), [flags, 0, 0, 0], bytes);
  });
  const block = join(...blocks);
  return join([1, 0], le(messages.length, 2), le(1, 4), le(block.length, 4), [0, 0, 0, 0], block);
};

/** Where the first object stands, which is the root group. */
export const ROOT = 96;

/** @param end of the file, as it says */
export const superblock = (end: number, root = ROOT, base = 0): Uint8Array =>
  join(
    [0x89],
    utf8('HDF\r\n'),
    [0x1a, 10],
    [0, 0, 0, 0, 0, 8, 8, 0],
    le(4, 2),
    le(16, 2),
    [0, 0, 0, 0],
    address(base),
    NOWHERE,
    address(end),
    NOWHERE,
    new Uint8Array(8),
    address(root),
    new Uint8Array(24),
  );

/** A file of a root group with these messages, and what stands behind its header. */
export const hdf5 = (messages: readonly Message[], ...behind: readonly Bytes[]): Uint8Array => {
  const rest = join(header(...messages), ...behind);
  return join(superblock(ROOT + rest.length), rest);
};

/** Where the bytes behind the header of the root group will stand. */
export const behindRoot = (messages: readonly Message[]): number => ROOT + header(...messages).length;
