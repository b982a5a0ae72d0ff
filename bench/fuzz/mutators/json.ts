import type { Random } from '../random.ts';
import { anyBytes } from './any-bytes.ts';
import type { Mutator } from './mutator.ts';

const VALUES = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  '../../x',
  '[',
  [],
  {},
  [[]],
  { a: 1 },
  'Lambda',
  '9'.repeat(40),
] as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const change = (value: unknown, random: Random): unknown => {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.85)) {
    const at = random.below(value.length);
    if (random.chance(0.15)) return value.toSpliced(at, 1);
    if (random.chance(0.15)) return value.toSpliced(at, 0, value[random.below(value.length)]);
    return value.with(at, change(value[at], random));
  }
  const keys = isObject(value) ? Object.keys(value) : [];
  if (isObject(value) && keys.length > 0 && random.chance(0.85)) {
    const key = keys[random.below(keys.length)] ?? '';
    const { [key]: chosen, ...rest } = value;
    if (random.chance(0.12)) return rest;
    if (random.chance(0.08))
      return { ...rest, [random.pick(['__proto__', 'class_name', 'module', key.slice(1)])]: chosen };
    return { ...rest, [key]: change(chosen, random) };
  }
  if (typeof value === 'number' && random.chance(0.5)) return value + random.below(5) - 2;
  return random.pick(VALUES as unknown as [unknown, ...unknown[]]);
};

/** A text of JSON with one value changed; what is no JSON is changed as bytes. */
export const changeJson: Mutator = (bytes, random) => {
  try {
    return new TextEncoder().encode(JSON.stringify(change(JSON.parse(new TextDecoder().decode(bytes)), random)));
  } catch {
    return random.pick(anyBytes)(bytes, random, bytes);
  }
};

const LENGTH = 8;

/** The header of a safetensors file, which is JSON behind its length. */
export const changeSafetensors: Mutator = (bytes, random, other) => {
  if (bytes.length < LENGTH) return random.pick(anyBytes)(bytes, random, other);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length) return random.pick(anyBytes)(bytes, random, other);
  const header = changeJson(bytes.subarray(LENGTH, LENGTH + length), random, other);
  const size = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
  return new Uint8Array(Buffer.concat([size, header, bytes.subarray(LENGTH + length)]));
};
