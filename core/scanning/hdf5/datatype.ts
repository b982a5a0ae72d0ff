import type { Cursor } from './cursor.ts';
import { notRead } from './malformed.ts';

export const CLASS = {
  integer: 0,
  float: 1,
  time: 2,
  string: 3,
  bits: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enumeration: 8,
  variable: 9,
  array: 10,
  complex: 11,
} as const;

export type Datatype = {
  readonly class: number;
  /** Bytes of an element. */
  readonly size: number;
  /** Of an array, of a sequence of variable length, of an enumeration. */
  readonly base?: Datatype;
  /** Whether a value of variable length is a text. */
  readonly text?: boolean;
  /** Of a compound. */
  readonly members?: readonly { readonly at: number; readonly type: Datatype }[];
};

const DEEPEST = 32;
const LAST_VERSION = 5;
const LONGEST_NAME = 4096;
const MOST_DIMENSIONS = 32;

const padding = (length: number): number => (8 - (length % 8)) % 8;

const skipName = (cursor: Cursor, version: number): void => {
  const { length } = cursor.untilZero(LONGEST_NAME);
  if (version < 3) cursor.skip(padding(length + 1));
};

const bytesFor = (value: number): number => {
  let bytes = 1;
  for (let rest = value; rest >= 256; rest = Math.floor(rest / 256)) bytes += 1;
  return bytes;
};

/** Members of version 1 may be arrays. */
const repeated = (type: Datatype, dimensions: readonly number[]): Datatype =>
  dimensions.length === 0
    ? type
    : { class: CLASS.array, base: type, size: dimensions.reduce((product, each) => product * each, type.size) };

const readCompound = (
  cursor: Cursor,
  at: { version: number; count: number; size: number; depth: number },
): Datatype => {
  const { version, count, size, depth } = at;
  const members: { at: number; type: Datatype }[] = [];
  for (let i = 0; i < count; i += 1) {
    skipName(cursor, version);
    const offset = version < 3 ? cursor.u32() : cursor.uint(bytesFor(size));
    let dimensions: number[] = [];
    if (version === 1) {
      const rank = cursor.u8();
      cursor.skip(11);
      dimensions = Array.from({ length: 4 }, () => cursor.u32()).slice(0, rank);
      if (rank > 4) throw cursor.error(`a member of ${rank} dimensions`);
    }
    const type = repeated(readType(cursor, depth + 1), dimensions);
    if (offset + type.size > size) throw cursor.error('a member outside of its compound');
    members.push({ at: offset, type });
  }
  return { class: CLASS.compound, size, members };
};

const readArray = (cursor: Cursor, at: { version: number; size: number; depth: number }): Datatype => {
  const rank = cursor.u8();
  if (at.version < 3) cursor.skip(3);
  if (rank > MOST_DIMENSIONS) throw cursor.error(`${rank} dimensions`);
  const dimensions = Array.from({ length: rank }, () => cursor.u32());
  if (at.version < 3) cursor.skip(4 * rank);
  const array = repeated(readType(cursor, at.depth + 1), dimensions);
  if (array.size !== at.size) throw cursor.error('an array that is not as large as its elements');
  return { ...array, class: CLASS.array };
};

/** Bytes of properties that these classes have and nobody here needs. */
const SKIPPED: Readonly<Record<number, number>> = {
  [CLASS.integer]: 4,
  [CLASS.float]: 12,
  [CLASS.time]: 2,
  [CLASS.string]: 0,
  [CLASS.bits]: 4,
  [CLASS.reference]: 0,
};

const readType = (cursor: Cursor, depth: number): Datatype => {
  if (depth > DEEPEST) throw cursor.error('types nested too deep');
  const head = cursor.u8();
  const bits = cursor.uint(3);
  const size = cursor.u32();
  const kind = head & 15;
  const version = head >> 4;
  if (version === 0 || version > LAST_VERSION) throw notRead(`a datatype of version ${version}`, cursor.start);
  if (size === 0) throw cursor.error('a type without a size');
  const skipped = SKIPPED[kind];
  if (skipped !== undefined) {
    cursor.skip(skipped);
    return { class: kind, size };
  }
  if (kind === CLASS.opaque) {
    cursor.skip(bits & 0xff);
    return { class: kind, size };
  }
  if (kind === CLASS.compound) return readCompound(cursor, { version, count: bits & 0xffff, size, depth });
  if (kind === CLASS.array) return readArray(cursor, { version, size, depth });
  if (kind === CLASS.enumeration) {
    const base = readType(cursor, depth + 1);
    const count = bits & 0xffff;
    for (let i = 0; i < count; i += 1) skipName(cursor, version);
    cursor.skip(count * base.size);
    return { class: kind, size, base };
  }
  if (kind === CLASS.variable) return { class: kind, size, base: readType(cursor, depth + 1), text: (bits & 15) === 1 };
  if (kind === CLASS.complex) return { class: kind, size, base: readType(cursor, depth + 1) };
  throw notRead(`a datatype of the class ${kind}`, cursor.start);
};

/** The datatype message, which tells how values are stored. */
export const readDatatype = (cursor: Cursor): Datatype => readType(cursor, 0);

/** Whether any part of the type is of a class. */
export const contains = (type: Datatype, kind: number): boolean =>
  type.class === kind ||
  (type.base !== undefined && contains(type.base, kind)) ||
  (type.members ?? []).some((member) => contains(member.type, kind));
