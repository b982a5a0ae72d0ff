import { ARGUMENT, ARGUMENT_OF, NO_OPCODE } from '../../../core/scanning/pickle/opcodes.ts';
import type { Random } from '../random.ts';
import { join, type Mutator, splice } from './mutator.ts';

const OPCODES = Array.from({ length: 256 }, (_, code) => code).filter((code) => ARGUMENT_OF[code] !== NO_OPCODE);
const COUNTS: Readonly<Record<number, number>> = {
  [ARGUMENT.counted1]: 1,
  [ARGUMENT.counted4]: 4,
  [ARGUMENT.counted8]: 8,
};

const lineEnd = (bytes: Uint8Array, from: number): number => {
  const end = bytes.indexOf(0x0a, from);
  return end === -1 ? bytes.length : end + 1;
};

/** Where the opcode after the one at `at` starts. */
const nextOpcode = (bytes: Uint8Array, at: number): number => {
  const kind = ARGUMENT_OF[bytes[at] ?? 0] ?? NO_OPCODE;
  if (kind <= ARGUMENT.fixed8) return at + 1 + kind;
  if (kind === ARGUMENT.line) return lineEnd(bytes, at + 1);
  if (kind === ARGUMENT.twoLines) return lineEnd(bytes, lineEnd(bytes, at + 1));
  const width = COUNTS[kind];
  if (width === undefined) return at + 1;
  let count = 0;
  for (let i = Math.min(width, 6); i > 0; i -= 1) count = count * 256 + (bytes[at + i] ?? 0);
  return at + 1 + width + count;
};

const MOST = 4000;

/** The opcodes as [start, end) ranges, as far as they can be told. */
const opcodes = (bytes: Uint8Array): [start: number, end: number][] => {
  const found: [number, number][] = [];
  for (let at = 0; at < bytes.length && found.length < MOST; ) {
    const end = Math.min(bytes.length, nextOpcode(bytes, at));
    found.push([at, end]);
    at = end;
  }
  return found;
};

const NAMES = [
  'cposix\nsystem\n',
  'cnumpy\ndtype\n',
  'cjoblib.numpy_pickle\nNumpyArrayWrapper\n',
  'cfunctools\npartial\n',
  'cbuiltins\ngetattr\n',
  'ctorch.storage\n_load_from_bytes\n',
  'ccollections\nOrderedDict\n',
  'ccopyreg\n_reconstructor\n',
] as const;

const argument = (code: number, random: Random): number[] => {
  const kind = ARGUMENT_OF[code] ?? 0;
  const some = (length: number) => Array.from({ length }, () => random.pick([0, 1, 2, 5, 127, 255, random.below(256)]));
  if (kind <= ARGUMENT.fixed8) return some(kind);
  if (kind <= ARGUMENT.twoLines)
    return [...Buffer.from(random.pick(['1\n', 'a\n', '00\n', "'x'\n", '-1L\n', 'a\nb\n']))];
  const length = random.below(9);
  return [length, ...Array.from({ length: (COUNTS[kind] ?? 1) - 1 }, () => 0), ...some(length)];
};

const insertOpcode: Mutator = (bytes, random) => {
  const [at] = random.pick(opcodes(bytes) as [[number, number]]);
  if (random.chance(0.15)) return splice(bytes, at, 0, Buffer.from(random.pick(NAMES)));
  const code = OPCODES[random.below(OPCODES.length)] ?? 0;
  return splice(bytes, at, 0, [code, ...argument(code, random)]);
};

const dropOpcode: Mutator = (bytes, random) => {
  const [at, end] = random.pick(opcodes(bytes) as [[number, number]]);
  return splice(bytes, at, end - at, []);
};

const moveOpcodes: Mutator = (bytes, random, other) => {
  const from = random.chance(0.5) ? bytes : other;
  const parts = opcodes(from);
  const first = random.below(parts.length);
  const last = Math.min(parts.length - 1, first + random.below(12));
  const [start = 0] = parts[first] ?? [];
  const [, end = 0] = parts[last] ?? [];
  const [at] = random.pick(opcodes(bytes) as [[number, number]]);
  return splice(bytes, at, 0, from.subarray(start, end));
};

const changeOpcode: Mutator = (bytes, random) => {
  const [at] = random.pick(opcodes(bytes) as [[number, number]]);
  return splice(bytes, at, 1, [OPCODES[random.below(OPCODES.length)] ?? 0]);
};

const repeatMany: Mutator = (bytes, random) => {
  const [at, end] = random.pick(opcodes(bytes) as [[number, number]]);
  const part = bytes.subarray(at, end);
  if (part.length === 0 || part.length > 100) return dropOpcode(bytes, random, bytes);
  return splice(bytes, at, 0, join(...Array.from({ length: random.below(5000) }, () => part)));
};

export const pickleMutators: readonly [Mutator, ...Mutator[]] = [
  insertOpcode,
  insertOpcode,
  dropOpcode,
  moveOpcodes,
  moveOpcodes,
  changeOpcode,
  repeatMany,
];
