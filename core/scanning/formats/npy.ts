import type { ByteSource } from '../byte-source.ts';
import { streamOf } from '../byte-stream.ts';
import { ascii, startsWith, view } from '../bytes.ts';
import { type Dtype, parseDtype } from '../pickle/numpy-dtype.ts';
import { scanStream } from '../pickle/scan-pickle.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';
import { type PythonLiteral, parsePythonLiteral } from './python-literal.ts';

const MAGIC = [0x93, ...ascii('NUMPY')];
const PREFIX = 12;

export const isNpy = (head: Uint8Array): boolean => startsWith(head, MAGIC);

const bad = (what: string): Unscannable => new Unscannable('npy.header', { what });

const isCount = (value: PythonLiteral | undefined): value is number => typeof value === 'number' && value >= 0;
const product = (shape: readonly number[]) => shape.reduce((total, dimension) => total * dimension, 1);

const MAX_FIELDS = 10_000;

/** A descr is a type string, or a list of (name, descr[, shape]). */
const dtypeOf = (descr: PythonLiteral | undefined): Dtype => {
  if (typeof descr === 'string') {
    const dtype = parseDtype(descr);
    if (dtype === undefined) throw bad(`an unknown dtype ${descr}`);
    return dtype;
  }
  if (!Array.isArray(descr) || descr.length > MAX_FIELDS) throw bad('a strange dtype');
  const fields = descr.map((field) => {
    if (!Array.isArray(field) || field.length < 2 || field.length > 3) throw bad('a strange field in the dtype');
    const [, type, shape = []] = field;
    if (!Array.isArray(shape) || !shape.every(isCount)) throw bad('a strange field in the dtype');
    const dtype = dtypeOf(type);
    return { ...dtype, itemSize: dtype.itemSize * product(shape) };
  });
  return {
    kind: 'V',
    itemSize: fields.reduce((total, { itemSize }) => total + itemSize, 0),
    hasObject: fields.some(({ hasObject }) => hasObject),
  };
};

const parse = (bytes: Uint8Array): { dtype: Dtype; count: number } => {
  try {
    const header = parsePythonLiteral(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!(header instanceof Map) || header.size !== 3) throw bad('a header with other than three entries');
    const shape = header.get('shape');
    if (!Array.isArray(shape) || !shape.every(isCount)) throw bad('a strange shape');
    if (typeof header.get('fortran_order') !== 'boolean') throw bad('fortran_order is no bool');
    return { dtype: dtypeOf(header.get('descr')), count: product(shape) };
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) throw bad(`no literal: ${cause.message}`);
    throw cause;
  }
};

/** The header (numpy.lib.format), then either raw data, which are not read, or a pickle of objects. */
export const scanNpy = async (scan: Scan, source: ByteSource, member: string | undefined): Promise<void> => {
  const prefix = await source.read(0, PREFIX);
  const major = prefix[6] ?? 0;
  if (prefix.length < PREFIX || major < 1 || major > 3 || prefix[7] !== 0) throw bad('an unknown version');
  const long = major > 1;
  const length = long ? view(prefix).getUint32(8, true) : view(prefix).getUint16(8, true);
  const start = long ? PREFIX : PREFIX - 2;
  if (length > Math.min(scan.limits.headerBytes, 1024 * 1024)) throw limit('headerBytes', scan.limits);
  if (start + length > source.size) throw bad('the header is longer than the file');
  const { dtype, count } = parse(await source.read(start, length));
  const dataAt = start + length;
  if (dtype.hasObject) {
    const stream = streamOf(source, dataAt);
    await scanStream(stream, { scan, member, joblib: false });
    if (stream.position !== source.size)
      scan.report('pickle.trailing-bytes', { what: 'bytes after the objects', member, offset: stream.position });
    return;
  }
  const expected = dtype.itemSize * count;
  if (source.size - dataAt !== expected)
    throw new Unscannable('npy.size', { what: `${source.size - dataAt} bytes of data where ${expected} belong` });
};
