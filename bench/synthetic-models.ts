const ASCII = new TextEncoder();

const op = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

/** BINUNICODE, short form. */
const word = (text: string): Uint8Array => {
  const bytes = ASCII.encode(text);
  return Buffer.concat([op(0x8c, bytes.length), bytes]);
};

const PROTO_4 = op(0x80, 4);
const EMPTY_LIST = op(0x5d);
const MARK = op(0x28);
const APPENDS = op(0x65);
const STOP = op(0x2e);

/**
 * No array to skip, next to no text: a list of small tuples of integers, floats and memoised words, as a decision tree
 * or a vocabulary pickles. About one opcode for two bytes, the most that a byte of a pickle can cost.
 */
export const densePickle = (size: number): Uint8Array => {
  const pair = Buffer.concat([
    op(0x4b, 7), // BININT1
    op(0x4d, 1, 2), // BININT2
    op(0x86), // TUPLE2
    op(0x68, 0), // BINGET
    op(0x88), // NEWTRUE
    op(0x4e), // NONE
    op(0x87), // TUPLE3
    op(0x47, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0), // BINFLOAT
    op(0x4a, 1, 2, 3, 4), // BININT
  ]);
  const batch = Buffer.concat([MARK, ...Array.from({ length: 1000 }, () => pair), APPENDS]);
  const batches = Array.from({ length: Math.ceil(size / batch.length) }, () => batch);
  return Buffer.concat([PROTO_4, word('leaf'), op(0x94), op(0x30), EMPTY_LIST, ...batches, STOP]);
};

/** Long byte strings, as the weights of a large array pickle: the walk steps over them. */
export const arrayPickle = (size: number): Uint8Array => {
  const block = Buffer.concat([op(0x42), u32(1 << 20), new Uint8Array(1 << 20)]);
  const blocks = Array.from({ length: Math.ceil(size / block.length) }, () => block);
  return Buffer.concat([PROTO_4, EMPTY_LIST, MARK, ...blocks, APPENDS, STOP]);
};

/** 500 tensors of equal size: all that is read of them is the header that lists them. */
export const safetensors = (size: number): Uint8Array => {
  const each = Math.floor(size / 500 / 4) * 4;
  const tensors = Array.from({ length: 500 }, (_, index) => [
    `layers.${index}.weight`,
    { dtype: 'F32', shape: [each / 4], data_offsets: [index * each, (index + 1) * each] },
  ]);
  const text = JSON.stringify(Object.fromEntries(tensors));
  const header = ASCII.encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
  return Buffer.concat([length, header, new Uint8Array(each * 500)]);
};
