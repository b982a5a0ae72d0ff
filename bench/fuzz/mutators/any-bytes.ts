import type { Random } from '../random.ts';
import { join, type Mutator, splice } from './mutator.ts';

/** Where counts, lengths and offsets turn: around zero, around signs, around powers of two, and beyond every file. */
const NUMBERS = [0, 1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2 ** 24, 2 ** 31 - 1, 2 ** 31] as const;
const LARGE = [2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 63] as const;

const LONGEST = 1024 * 1024;

const flip: Mutator = (bytes, random) => {
  const copy = bytes.slice();
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
};

const setByte: Mutator = (bytes, random) => {
  const copy = bytes.slice();
  copy[random.below(copy.length)] = random.pick([0, 1, 127, 128, 254, 255, random.below(256)]);
  return copy;
};

const setNumber: Mutator = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const width = random.pick([2, 4, 8] as const);
  if (copy.length < width) return setByte(bytes, random, bytes);
  const at = random.below(copy.length - width + 1);
  const value = random.pick([...NUMBERS, ...LARGE, bytes.length, bytes.length - 1] as [number, ...number[]]);
  const littleEndian = random.chance(0.7);
  const narrow = value % 2 ** (8 * Math.min(width, 6));
  const number = BigInt(Math.max(0, width === 8 ? value : narrow)) & 0xffff_ffff_ffff_ffffn;
  for (let i = 0; i < width; i += 1)
    copy[at + (littleEndian ? i : width - 1 - i)] = Number((number >> BigInt(8 * i)) & 0xffn);
  return new Uint8Array(copy);
};

const someOf = (bytes: Uint8Array, random: Random): [at: number, length: number] => {
  const at = random.below(bytes.length);
  return [at, 1 + random.below(Math.min(64, bytes.length - at))];
};

const drop: Mutator = (bytes, random) => splice(bytes, ...someOf(bytes, random), []);

const repeat: Mutator = (bytes, random) => {
  const [at, length] = someOf(bytes, random);
  const times = random.chance(0.05) ? random.below(2000) : 1 + random.below(4);
  const part = bytes.subarray(at, at + length);
  if (bytes.length + part.length * times > LONGEST) return drop(bytes, random, bytes);
  return splice(bytes, at, 0, join(...Array.from({ length: times }, () => part)));
};

const cut: Mutator = (bytes, random) => bytes.slice(0, random.below(bytes.length));

const insert: Mutator = (bytes, random) => {
  const some = Array.from({ length: 1 + random.below(16) }, () => random.below(256));
  return splice(bytes, random.below(bytes.length + 1), 0, some);
};

const cross: Mutator = (bytes, random, other) => {
  const [at, length] = someOf(other, random);
  const from = random.below(bytes.length + 1);
  return random.chance(0.5)
    ? join(bytes.subarray(0, from), other.subarray(at))
    : splice(bytes, from, random.below(length + 1), other.subarray(at, at + length));
};

/** Knows nothing of any format. */
export const anyBytes: readonly [Mutator, ...Mutator[]] = [
  flip,
  setByte,
  setNumber,
  setNumber,
  drop,
  repeat,
  cut,
  insert,
  cross,
];
