import { TAG } from './cells.ts';
import type { Cell } from './containers.ts';
import type { Machine } from './machine.ts';
import { type Dtype, parseDtype } from './numpy-dtype.ts';

const MAX_DTYPES = 1_000_000;
const UNKNOWN: Dtype = { kind: '?', itemSize: 0, hasObject: true };
const HAS_OBJECT = 1;

const add = (m: Machine, dtype: Dtype): number => {
  if (m.dtypes.length >= MAX_DTYPES) {
    m.report('limit.crossed', 'too many dtypes');
    return 0;
  }
  return m.dtypes.push(dtype) - 1;
};

/** `numpy.dtype('f8', False, True)`, or of numpy.record for a record array. */
export const makeDtype = (m: Machine, args: readonly Cell[] | undefined): void => {
  const first = args?.[0];
  const text = m.text(first);
  const isClass = first?.tag === TAG.global && m.imported[first.payload]?.module.startsWith('numpy') === true;
  const dtype = isClass ? { kind: 'V', itemSize: 0, hasObject: false } : parseDtype(text ?? '');
  if (dtype === undefined) m.report('numpy.dtype', `a dtype that numpy does not write: ${text ?? 'not a literal'}`);
  m.stack.push(TAG.dtype, add(m, dtype ?? UNKNOWN));
};

const isNone = (cell: Cell | undefined) => cell?.tag === TAG.none;
const integer = (cell: Cell | undefined) => (cell?.tag === TAG.int ? cell.payload : undefined);

/** Every field lies inside the item and every object field shows in the flags. */
const fieldsFit = (m: Machine, fields: Cell, size: number, hasObject: boolean): boolean => {
  const entries = fields.tag === TAG.dict ? m.containers.entries(fields.payload) : undefined;
  return (
    entries?.every(({ value }) => {
      const [type, offset] = (value.tag === TAG.tuple ? m.containers.items(value.payload) : undefined) ?? [];
      const dtype = type?.tag === TAG.dtype ? m.dtypes[type.payload] : undefined;
      const start = integer(offset);
      if (dtype === undefined || start === undefined || start < 0) return false;
      return start + dtype.itemSize <= size && (hasObject || !dtype.hasObject);
    }) ?? false
  );
};

/** The base of a subarray type is all it consists of. */
const baseFits = (m: Machine, sub: Cell, size: number, hasObject: boolean): boolean => {
  const [type] = (sub.tag === TAG.tuple ? m.containers.items(sub.payload) : undefined) ?? [];
  const dtype = type?.tag === TAG.dtype ? m.dtypes[type.payload] : undefined;
  if (dtype === undefined || (dtype.hasObject && !hasObject)) return false;
  return dtype.itemSize === 0 ? size === 0 : size % dtype.itemSize === 0;
};

/** State is (version, byte order, subarray, names, fields, item size, alignment, flags[, metadata]). */
const withState = (m: Machine, dtype: Dtype, items: readonly Cell[]): Dtype | undefined => {
  const [version, , sub, fieldNames, fields, itemSize, , flagCell] = items;
  const flags = integer(flagCell);
  const size = integer(itemSize);
  const wrongVersion = integer(version) !== 3 && integer(version) !== 4;
  if (wrongVersion || flags === undefined || size === undefined || sub === undefined) return undefined;
  const hasObject = flags % 2 === HAS_OBJECT;
  const plain = isNone(sub) && isNone(fieldNames) && isNone(fields);
  if (dtype.kind !== 'V') {
    const sameSize = size === -1 || size === dtype.itemSize;
    return plain && sameSize && hasObject === dtype.hasObject ? dtype : undefined;
  }
  if (size < 0 || (dtype.itemSize !== 0 && dtype.itemSize !== size)) return undefined;
  const changed = { kind: 'V', itemSize: size, hasObject };
  if (plain) return hasObject ? undefined : changed;
  if (fields !== undefined && !isNone(fields))
    return isNone(sub) && fieldsFit(m, fields, size, hasObject) ? changed : undefined;
  return baseFits(m, sub, size, hasObject) ? changed : undefined;
};

/**
 * BUILD on a dtype. numpy believes the state: an object field that the flags hide would turn the raw bytes of an array
 * into object pointers, so anything that numpy itself does not write is refused.
 */
export const applyDtypeState = (m: Machine, position: number, state: Cell): void => {
  const items = state.tag === TAG.tuple ? m.containers.items(state.payload) : undefined;
  const index = m.stack.payloads[position] ?? -1;
  const before = m.dtypes[index];
  if (before === undefined) return;
  const after = items === undefined ? undefined : withState(m, before, items);
  if (after === undefined) m.report('numpy.dtype', 'a dtype state that numpy does not write');
  // The memo refers to the same object.
  m.dtypes[index] = after ?? UNKNOWN;
};
