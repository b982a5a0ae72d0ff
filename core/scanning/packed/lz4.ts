import { Damaged, Input, type Output } from './output.ts';

const FRAME = 0x184d2204;
const PLAIN_BLOCK = 0x80000000;
const SHORTEST_MATCH = 4;

const extended = (input: Input, length: number): number => {
  let whole = length;
  if (length === 15)
    for (let more = 255; more === 255; ) {
      more = input.byte();
      whole += more;
    }
  return whole;
};

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
const unpackBlock = (input: Input, output: Output): void => {
  while (input.at < input.end) {
    const token = input.byte();
    output.append(input.take(extended(input, token >>> 4)));
    if (input.at === input.end) return;
    const distance = input.number(2);
    output.repeat(distance, extended(input, token & 0xf) + SHORTEST_MATCH);
  }
};

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
const unpackFrame = (input: Input, output: Output): void => {
  if (input.number(4) !== FRAME) throw new Damaged();
  const flags = input.byte();
  input.byte();
  if (flags >>> 6 !== 1) throw new Damaged();
  if ((flags & 8) !== 0) input.take(8);
  if ((flags & 1) !== 0) input.take(4);
  input.byte();
  for (;;) {
    const size = input.number(4);
    if (size === 0) break;
    const packed = input.take(size % PLAIN_BLOCK);
    if (size >= PLAIN_BLOCK) output.append(packed);
    else unpackBlock(new Input(packed), output);
    if ((flags & 16) !== 0) input.take(4);
  }
  if ((flags & 4) !== 0) input.take(4);
};

/** Frames, one after the other. Resolves to where the last one ends. @throws Damaged, TooLarge */
export const unpackLz4 = (bytes: Uint8Array, output: Output): number => {
  const input = new Input(bytes);
  do unpackFrame(input, output);
  while (input.at + 4 <= bytes.length && new Input(bytes, input.at).number(4) === FRAME);
  return input.at;
};
