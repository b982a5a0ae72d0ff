import { crc32 } from 'node:zlib';
import { LzmaDecoder, readProperties } from './lzma.ts';
import { Damaged, Input, type Output } from './output.ts';

const UNKNOWN_LENGTH = 2 ** 64;

/** The stand-alone format: properties, size of the dictionary, length if it is known. */
export const unpackLzmaAlone = (bytes: Uint8Array, output: Output): number => {
  const input = new Input(bytes);
  const properties = readProperties(input.byte());
  input.take(4);
  const low = input.number(4);
  const length = low + input.number(4) * 2 ** 32;
  const isKnown = length < UNKNOWN_LENGTH - 2 ** 32;
  new LzmaDecoder(properties, output).decode(input, isKnown ? length : Number.POSITIVE_INFINITY);
  return input.at;
};

/** Chunks of LZMA and of plain bytes, until the one that says that it is the last. */
const unpackLzma2 = (input: Input, output: Output): void => {
  let decoder: LzmaDecoder | undefined;
  let start = output.length;
  let properties: ReturnType<typeof readProperties> | undefined;
  for (;;) {
    const control = input.byte();
    if (control === 0) return;
    if (control < 0x80) {
      if (control > 2) throw new Damaged();
      if (control === 1) start = output.length;
      output.append(input.take(input.byte() * 256 + input.byte() + 1));
      continue;
    }
    const length = ((control & 0x1f) << 16) + input.byte() * 256 + input.byte() + 1;
    const packed = input.byte() * 256 + input.byte() + 1;
    const reset = (control >>> 5) & 3;
    if (reset === 3) start = output.length;
    if (reset >= 2) properties = readProperties(input.byte());
    if (properties === undefined) throw new Damaged();
    if (reset >= 1 || decoder === undefined) decoder = new LzmaDecoder(properties, output, start);
    const end = input.at + packed;
    if (end > input.end) throw new Damaged();
    decoder.decode(new Input(input.bytes, input.at, end), length);
    input.at = end;
  }
};

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const CRC32_CHECK = 1;
const LZMA2 = 0x21;

const variable = (input: Input): number => {
  let value = 0;
  for (let place = 0; place < 9; place += 1) {
    const byte = input.byte();
    value += (byte & 0x7f) * 128 ** place;
    if (byte < 0x80) return value;
  }
  throw new Damaged();
};

/** Only LZMA2 alone is unpacked: filters for machine code have no place in a model. */
const readBlockHeader = (input: Input): void => {
  const start = input.at;
  const size = (input.byte() + 1) * 4;
  const flags = input.byte();
  if ((flags & 0x3f) !== 0) throw new Damaged();
  if ((flags & 0x40) !== 0) variable(input);
  if ((flags & 0x80) !== 0) variable(input);
  if (variable(input) !== LZMA2 || variable(input) !== 1) throw new Damaged();
  input.take(1);
  input.at = start;
  const header = input.take(size);
  const sum = new Input(header, size - 4).number(4);
  if (crc32(header.subarray(0, size - 4)) !== sum) throw new Damaged();
};

const skipIndex = (input: Input): void => {
  const start = input.at;
  input.byte();
  const records = variable(input);
  if (records > input.end) throw new Damaged();
  for (let record = 0; record < records * 2; record += 1) variable(input);
  while ((input.at - start) % 4 !== 0) input.byte();
  input.take(4);
};

const unpackStream = (input: Input, output: Output): void => {
  if (!MAGIC.every((byte) => input.byte() === byte)) throw new Damaged();
  input.byte();
  const check = input.byte() & 0xf;
  input.take(4);
  while ((input.bytes[input.at] ?? 0) !== 0) {
    readBlockHeader(input);
    const start = input.at;
    const from = output.length;
    unpackLzma2(input, output);
    while ((input.at - start) % 4 !== 0) input.byte();
    const sum = input.take(CHECK_BYTES[check] ?? 0);
    if (check === CRC32_CHECK && crc32(output.content.subarray(from)) !== new Input(sum).number(4)) throw new Damaged();
  }
  skipIndex(input);
  input.take(12);
};

/**
 * The xz format: https://tukaani.org/xz/xz-file-format.txt. Resolves to where the last stream ends.
 * @throws Damaged, TooLarge
 */
export const unpackXz = (bytes: Uint8Array, output: Output): number => {
  const input = new Input(bytes);
  do unpackStream(input, output);
  while (MAGIC.every((byte, at) => bytes[input.at + at] === byte));
  return input.at;
};
