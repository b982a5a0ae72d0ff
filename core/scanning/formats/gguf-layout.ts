import { Unscannable } from '../scan.ts';
import { badHeader, type GgufStream } from './gguf-stream.ts';

/** Elements per block and bytes per block of the tensor types of ggml (gguf-py 0.19, GGML_QUANT_SIZES); Q8_1 is never stored. */
const TYPES: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4], // F32
  1: [1, 2], // F16
  2: [32, 18], // Q4_0
  3: [32, 20], // Q4_1
  6: [32, 22], // Q5_0
  7: [32, 24], // Q5_1
  8: [32, 34], // Q8_0
  10: [256, 84], // Q2_K
  11: [256, 110], // Q3_K
  12: [256, 144], // Q4_K
  13: [256, 176], // Q5_K
  14: [256, 210], // Q6_K
  15: [256, 292], // Q8_K
  16: [256, 66], // IQ2_XXS
  17: [256, 74], // IQ2_XS
  18: [256, 98], // IQ3_XXS
  19: [256, 50], // IQ1_S
  20: [32, 18], // IQ4_NL
  21: [256, 110], // IQ3_S
  22: [256, 82], // IQ2_S
  23: [256, 136], // IQ4_XS
  24: [1, 1], // I8
  25: [1, 2], // I16
  26: [1, 4], // I32
  27: [1, 8], // I64
  28: [1, 8], // F64
  29: [256, 56], // IQ1_M
  30: [1, 2], // BF16
  31: [32, 18], // Q4_0 in rows, no longer written
  32: [32, 18], // Q4_0 in rows, no longer written
  33: [32, 18], // Q4_0 in rows, no longer written
  34: [256, 54], // TQ1_0
  35: [256, 66], // TQ2_0
  36: [32, 18], // IQ4_NL in rows, no longer written
  37: [32, 18], // IQ4_NL in rows, no longer written
  38: [32, 18], // IQ4_NL in rows, no longer written
  39: [32, 17], // MXFP4
  40: [64, 36], // NVFP4
  41: [128, 18], // Q1_0
};

const LONGEST_NAME = 128;
const MOST_DIMENSIONS = 4;

/** A tensor: where it lies from the start of the data. */
export type GgufTensor = { readonly name: string; readonly begin: number; readonly end: number };

/** The fewest bytes that describe one: a name of one letter, no dimension, type, offset. */
export const SMALLEST_TENSOR = 8 + 1 + 4 + 4 + 8;

const sizeOf = (type: number, dimensions: readonly number[], name: string, at: number): number => {
  const block = TYPES[type];
  if (block === undefined) throw badHeader(`tensor ${name} of the unknown type ${type}`, at);
  const elements = dimensions.reduce((product, dimension) => product * dimension, 1);
  const [perBlock, bytes] = block;
  if (!Number.isSafeInteger(elements * bytes) || (dimensions[0] ?? 1) % perBlock !== 0)
    throw badHeader(`tensor ${name} has dimensions ${dimensions.join(' × ')} that its type cannot have`, at);
  return (elements / perBlock) * bytes;
};

export const readTensor = async (stream: GgufStream, alignment: number): Promise<GgufTensor> => {
  const at = stream.position;
  const name = await stream.text('a tensor name', LONGEST_NAME);
  const rank = await stream.u32();
  if (rank > MOST_DIMENSIONS) throw badHeader(`tensor ${name} has ${rank} dimensions`, at);
  const dimensions: number[] = [];
  for (let i = 0; i < rank; i += 1) dimensions.push(await stream.u64());
  const type = await stream.u32();
  const begin = await stream.u64();
  if (begin % alignment !== 0) throw badHeader(`tensor ${name} is not aligned to ${alignment}`, at);
  return { name, begin, end: begin + sizeOf(type, dimensions, name, at) };
};

/** Tensors follow one another, filled up to the alignment: no byte belongs to two, and none to nobody. */
export const checkLayout = (tensors: readonly GgufTensor[], dataSize: number, alignment: number): void => {
  let end = 0;
  for (const tensor of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (tensor.begin < end) throw new Unscannable('gguf.layout', { what: `tensor ${tensor.name} overlaps another` });
    if (tensor.begin - end >= alignment)
      throw new Unscannable('gguf.layout', { what: `${tensor.begin - end} bytes before tensor ${tensor.name}` });
    if (tensor.end > dataSize)
      throw new Unscannable('gguf.layout', { what: `tensor ${tensor.name} reaches beyond the file` });
    end = tensor.end;
  }
  if (dataSize - end >= alignment)
    throw new Unscannable('gguf.layout', { what: `${dataSize - end} bytes behind the last tensor` });
};
