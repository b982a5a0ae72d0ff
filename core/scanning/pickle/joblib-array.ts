import { TAG } from './cells.ts';
import type { Cell } from './containers.ts';
import { type Machine, Malformed, type RawArray } from './machine.ts';

const KEYS = new Set(['subclass', 'shape', 'order', 'dtype', 'allow_mmap', 'numpy_array_alignment_bytes']);

const refuse = (what: string): never => {
  throw new Malformed(what, 'joblib.array-header');
};

/** The state by key; every key is a literal that joblib writes. */
const members = (m: Machine, state: Cell): Map<string, Cell> => {
  const entries = state.tag === TAG.dict ? m.containers.entries(state.payload) : undefined;
  const found = new Map<string, Cell>();
  for (const { key, value } of entries ?? []) {
    const name = m.text(key);
    if (name === undefined || !KEYS.has(name) || found.has(name)) return refuse('an array header with an unknown key');
    found.set(name, value);
  }
  return found;
};

/** Number of items: the product of the dimensions. */
const countOf = (m: Machine, shape: Cell | undefined): number => {
  const dimensions = shape?.tag === TAG.tuple ? m.containers.items(shape.payload) : undefined;
  if (dimensions === undefined) return refuse('an array header without a literal shape');
  const count = dimensions.reduce((product, { tag, payload }) => {
    if (tag !== TAG.int || payload < 0) return refuse('an array header with a strange shape');
    return product * payload;
  }, 1);
  return Number.isSafeInteger(count) ? count : refuse('an array with more items than can be counted');
};

/**
 * joblib writes an array as a small object (subclass, shape, order, dtype, allow_mmap, alignment) and, right after the
 * opcode that gives it its state, the raw bytes. Where the opcodes go on depends on this state alone, so it must be
 * exactly what joblib writes: otherwise we and joblib would read different streams.
 */
export const wrappedArray = (m: Machine, state: Cell): RawArray => {
  const found = members(m, state);
  const type = found.get('dtype');
  const dtype = type?.tag === TAG.dtype ? m.dtypes[type.payload] : undefined;
  if (dtype === undefined || dtype.kind === '?') return refuse('an array header without a known dtype');
  const subclass = found.get('subclass');
  if (subclass?.tag !== TAG.global || typeof m.imported[subclass.payload]?.grade !== 'string')
    return refuse('an array header without a known class');
  const order = m.text(found.get('order'));
  if (order !== 'C' && order !== 'F') return refuse('an array header without an order');
  const alignment = found.get('numpy_array_alignment_bytes');
  if (alignment !== undefined && alignment.tag !== TAG.int && alignment.tag !== TAG.none)
    return refuse('an array header with a strange alignment');
  return { dtype, count: countOf(m, found.get('shape')), aligned: alignment?.tag === TAG.int };
};
