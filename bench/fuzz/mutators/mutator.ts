import type { Random } from '../random.ts';

/** Makes another input of one, and perhaps of a second that was interesting before. */
export type Mutator = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

export const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));

/** The bytes with `length` of them, from `at` on, replaced. */
export const splice = (bytes: Uint8Array, at: number, length: number, by: Uint8Array | readonly number[]): Uint8Array =>
  join(bytes.subarray(0, at), by, bytes.subarray(at + length));
