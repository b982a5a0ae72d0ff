import { view } from '../bytes.ts';

/** Three words that are mixed in place. */
type State = [a: number, b: number, c: number];

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

const mix = (s: State): void => {
  let [a, b, c] = s;
  a = ((a - c) ^ rotate(c, 4)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 6)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 8)) | 0;
  b = (b + a) | 0;
  a = ((a - c) ^ rotate(c, 16)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 19)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 4)) | 0;
  b = (b + a) | 0;
  s[0] = a;
  s[1] = b;
  s[2] = c;
};

const finish = ([first, second, third]: State): number => {
  let a = first;
  let b = second;
  let c = third;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
};

const BLOCK = 12;

/** Bob Jenkins' lookup3, `hashlittle` with an initial value of 0: what HDF5 puts behind its newer structures. */
export const checksumOf = (bytes: Uint8Array): number => {
  const start = (0xdeadbeef + bytes.length) | 0;
  const state: State = [start, start, start];
  const data = view(bytes);
  let at = 0;
  for (; bytes.length - at > BLOCK; at += BLOCK) {
    state[0] = (state[0] + data.getUint32(at, true)) | 0;
    state[1] = (state[1] + data.getUint32(at + 4, true)) | 0;
    state[2] = (state[2] + data.getUint32(at + 8, true)) | 0;
    mix(state);
  }
  if (at === bytes.length) return state[2] >>> 0;
  const last = new Uint8Array(BLOCK);
  last.set(bytes.subarray(at));
  const rest = view(last);
  state[0] = (state[0] + rest.getUint32(0, true)) | 0;
  state[1] = (state[1] + rest.getUint32(4, true)) | 0;
  state[2] = (state[2] + rest.getUint32(8, true)) | 0;
  return finish(state);
};
