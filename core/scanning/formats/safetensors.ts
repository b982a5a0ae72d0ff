import type { ByteSource } from '../byte-source.ts';
import { u64, view } from '../bytes.ts';
import { reportCredentials } from '../credentials/report-credentials.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';
import { parseStrictJson, type StrictJson } from '../strict-json.ts';

/** Bits per element of the dtypes of safetensors 0.8. */
const BITS: Record<string, number> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
};

const LENGTH_SIZE = 8;
/** The format's own bound on the header. */
const MAX_HEADER = 100_000_000;
const BRACE = 0x7b;

/** Length of a header that might be one: the number is plausible and JSON follows. */
export const headerLength = (head: Uint8Array, size: number): number | undefined => {
  if (head.length <= LENGTH_SIZE || head[LENGTH_SIZE] !== BRACE) return undefined;
  const length = u64(view(head), 0);
  return length >= 2 && length <= MAX_HEADER && LENGTH_SIZE + length <= size ? length : undefined;
};

const FIRST_FIELDS =
  /^.{8}\{\s*"(?:__metadata__"\s*:\s*\{|(?:[^"\\]|\\.)*"\s*:\s*\{\s*"(?:dtype|shape|data_offsets)")/s;

/** A header whose length is impossible, which is told by what it says; eight letters before it are some other text. */
export const isBrokenSafetensors = (head: Uint8Array): boolean =>
  head[LENGTH_SIZE] === BRACE &&
  head.subarray(0, LENGTH_SIZE).some((byte) => byte < 9 || byte > 126) &&
  FIRST_FIELDS.test(new TextDecoder('latin1').decode(head.subarray(0, 4096)));

type Tensor = { readonly name: string; readonly begin: number; readonly end: number };

const bad = (what: string): Unscannable => new Unscannable('safetensors.header', { what });

const isCount = (value: StrictJson | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Bytes of a tensor, `undefined` if that is no whole number or overflows. */
const sizeOf = (dtype: string, shape: readonly number[]): number | undefined => {
  const bits = shape.reduce((product, dimension) => product * dimension, BITS[dtype] ?? Number.NaN);
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : undefined;
};

const FIELDS = new Set(['dtype', 'shape', 'data_offsets']);

const tensorOf = (name: string, value: StrictJson): Tensor => {
  if (!(value instanceof Map) || [...value.keys()].some((key) => !FIELDS.has(key)))
    throw bad(`tensor ${name} is not described by dtype, shape and data_offsets alone`);
  const dtype = value.get('dtype');
  const shape = value.get('shape');
  const offsets = value.get('data_offsets');
  if (typeof dtype !== 'string' || BITS[dtype] === undefined) throw bad(`tensor ${name} has an unknown dtype`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw bad(`tensor ${name} has a strange shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw bad(`tensor ${name} has strange offsets`);
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== sizeOf(dtype, shape)) throw bad(`tensor ${name} is not as long as its dtype and shape say`);
  return { name, begin, end };
};

const checkMetadata = (scan: Scan, metadata: StrictJson | undefined, member: string | undefined): void => {
  if (metadata === undefined) return;
  if (!(metadata instanceof Map) || [...metadata.values()].some((value) => typeof value !== 'string'))
    throw bad('__metadata__ holds something other than strings');
  for (const [name, value] of metadata) reportCredentials(scan, `${name}: "${value}"`, { member });
};

/** Tensors follow one another from 0 to the end: no byte belongs to two, and none to nobody. */
const checkLayout = (tensors: readonly Tensor[], dataSize: number): void => {
  let at = 0;
  for (const { name, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      const what = begin < at ? `tensor ${name} overlaps another` : `${begin - at} bytes before tensor ${name}`;
      throw new Unscannable('safetensors.layout', { what });
    }
    at = end;
  }
  if (at !== dataSize)
    throw new Unscannable('safetensors.layout', { what: `the tensors are ${at} bytes long, the data ${dataSize}` });
};

const parse = (bytes: Uint8Array): Map<string, StrictJson> => {
  try {
    const header = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (header instanceof Map) return header;
  } catch (cause) {
    if (cause instanceof SyntaxError) throw bad(`the header is not JSON: ${cause.message}`);
    if (cause instanceof TypeError) throw bad('the header is not UTF-8');
    throw cause;
  }
  throw bad('the header is not an object');
};

/** Reads the header only. https://github.com/huggingface/safetensors#format */
export const scanSafetensors = async (
  scan: Scan,
  source: ByteSource,
  { length, member }: { length: number | undefined; member: string | undefined },
): Promise<void> => {
  if (length === undefined) throw bad('a header of an impossible length');
  if (length > scan.limits.headerBytes) throw limit('headerBytes', scan.limits);
  const header = parse(await source.read(LENGTH_SIZE, length));
  if (header.size > scan.limits.members) throw limit('members', scan.limits);
  checkMetadata(scan, header.get('__metadata__'), member);
  const tensors = [...header].filter(([name]) => name !== '__metadata__').map(([name, value]) => tensorOf(name, value));
  checkLayout(tensors, source.size - LENGTH_SIZE - length);
};
