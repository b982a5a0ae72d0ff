import type { Random } from '../random.ts';
import { anyBytes } from './any-bytes.ts';
import { join, type Mutator } from './mutator.ts';

type Part = { readonly tag: number; readonly head: Uint8Array; readonly body: Uint8Array };

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

const readVarint = (bytes: Uint8Array, at: number): [value: number, next: number] | undefined => {
  let value = 0;
  for (let i = 0; i < 8; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 128 ** i;
    if (byte < 128) return [value, at + i + 1];
  }
  return undefined;
};

const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** The fields of a message, `undefined` if it is none. */
const fields = (bytes: Uint8Array): Part[] | undefined => {
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    if (tag === undefined || tag[0] < 8) return undefined;
    const value = tag[0] % 8 === 0 || tag[0] % 8 === 2 ? readVarint(bytes, tag[1]) : undefined;
    const start = tag[0] % 8 === 2 ? value?.[1] : tag[1];
    const end = { 0: value?.[1], 2: value === undefined ? undefined : value[1] + value[0] }[(tag[0] % 8) as 0 | 2];
    const until = end ?? (FIXED[tag[0] % 8] === undefined ? undefined : tag[1] + (FIXED[tag[0] % 8] ?? 0));
    if (start === undefined || until === undefined || until > bytes.length) return undefined;
    parts.push({ tag: tag[0], head: bytes.subarray(at, tag[1]), body: bytes.subarray(start, until) });
    at = until;
  }
  return parts;
};

const encode = (parts: readonly Part[]): Uint8Array =>
  join(
    ...parts.map(({ tag, head, body }) => (tag % 8 === 2 ? join(head, varint(body.length), body) : join(head, body))),
  );

const change = (parts: Part[], random: Random, depth: number): Part[] => {
  const at = random.below(parts.length);
  const part = parts[at];
  if (part === undefined) return parts;
  const inner = part.tag % 8 === 2 && depth < 8 ? fields(part.body) : undefined;
  if (inner !== undefined && inner.length > 0 && random.chance(0.8))
    return parts.with(at, { ...part, body: encode(change(inner, random, depth + 1)) });
  if (random.chance(0.2)) return parts.toSpliced(at, 1);
  if (random.chance(0.2)) return parts.toSpliced(random.below(parts.length), 0, part);
  if (random.chance(0.2)) {
    const tag = random.below(16) * 8 + (part.tag % 8) + 8;
    return parts.with(at, { ...part, tag, head: Uint8Array.from(varint(tag)) });
  }
  if (part.tag % 8 === 0)
    return parts.with(at, { ...part, body: Uint8Array.from(varint(random.next() % 2 ** random.below(32))) });
  if (part.body.length === 0) return parts;
  return parts.with(at, { ...part, body: random.pick(anyBytes)(part.body, random, part.body) });
};

/** Changes one field somewhere in the tree; the lengths around it stay right. */
export const changeField: Mutator = (bytes, random) => {
  const parts = fields(bytes);
  return parts === undefined || parts.length === 0
    ? random.pick(anyBytes)(bytes, random, bytes)
    : encode(change(parts, random, 0));
};
