import { TAG } from './cells.ts';
import { type Machine, Malformed } from './machine.ts';

/** The opcodes that make tuples, lists, dicts and sets, and put items into them. */

/**
 * Values from `start` on go into another value. The array wrapper of joblib stands alone on the stack: elsewhere it
 * could be swapped unseen. A restricted name could be called from there.
 */
export const refuseAsValues = (m: Machine, start: number): void => {
  for (let i = start; i < m.stack.length; i += 1) {
    const tag = m.stack.tags[i];
    if (tag === TAG.wrapper) m.report('joblib.array-header', 'the array wrapper of joblib is used as a value');
    else if (tag === TAG.restricted) {
      m.acted = true;
      m.report('pickle.guard', `hands ${m.describe(m.cell(i))} to something that may call it`);
    }
  }
};

const tupleFrom = (m: Machine, start: number): void => {
  refuseAsValues(m, start);
  const id = m.containers.tuple(m.stack, start);
  m.stack.length = start;
  m.stack.push(TAG.tuple, id);
};

export const emptyTuple = (m: Machine): void => m.stack.push(TAG.tuple, 0);
export const tuple = (m: Machine): void => tupleFrom(m, m.popMark());
const tupleOf = (count: number) => (m: Machine) => {
  for (let i = 0; i < count; i += 1) m.pop();
  m.stack.length += count;
  tupleFrom(m, m.stack.length - count);
};
export const tuple1 = tupleOf(1);
export const tuple2 = tupleOf(2);
export const tuple3 = tupleOf(3);

export const emptyList = (m: Machine): void => m.stack.push(TAG.list, m.containers.create());
export const emptyDict = (m: Machine): void => m.stack.push(TAG.dict, m.containers.create());
export const emptySet = (m: Machine): void => m.stack.push(TAG.set, m.containers.create());

const collect = (tag: number) => (m: Machine) => {
  const start = m.popMark();
  refuseAsValues(m, start);
  const id = m.containers.create();
  if (tag === TAG.dict) {
    if ((m.stack.length - start) % 2 !== 0) throw new Malformed('a key without its value');
    m.containers.fillDict(id, m.stack, start);
  } else m.containers.fill(id, m.stack, start);
  m.stack.length = start;
  m.stack.push(tag, id);
};
export const list = collect(TAG.list);
export const dict = collect(TAG.dict);
export const frozenSet = collect(TAG.set);

type ItemKind = 'list' | 'dict' | 'set';
const LITERAL: Record<ItemKind, number> = { list: TAG.list, dict: TAG.dict, set: TAG.set };

/** Items go into literals and into instances of a few known containers; elsewhere a method of the object is called. */
const checkTarget = (m: Machine, position: number, kind: ItemKind): void => {
  const tag = m.stack.tags[position];
  if (tag === LITERAL[kind]) return;
  const cell = m.cell(position);
  if (tag === TAG.instance && m.imported[cell.payload]?.items === kind) return;
  const modified = tag === TAG.global || tag === TAG.restricted;
  if (modified) m.acted = true;
  m.report(modified ? 'pickle.class-modified' : 'pickle.item-target', `puts items into ${m.describe(cell)}`);
};

/** The stack's cells from `start` go into the value below them. */
const putItems = (m: Machine, start: number, kind: ItemKind): void => {
  const target = start - 1;
  if (target < m.fence) throw new Malformed('items without a container');
  if (kind === 'dict' && (m.stack.length - start) % 2 !== 0) throw new Malformed('a key without its value');
  checkTarget(m, target, kind);
  refuseAsValues(m, start);
  if (m.stack.tags[target] === LITERAL[kind]) {
    const id = m.stack.payloads[target] ?? 0;
    if (kind === 'dict') m.containers.fillDict(id, m.stack, start);
    else m.containers.fill(id, m.stack, start);
  }
  m.stack.length = start;
};

const atTop = (count: number, kind: ItemKind) => (m: Machine) => {
  if (m.stack.length - count < m.fence) throw new Malformed('needs values on the stack');
  putItems(m, m.stack.length - count, kind);
};
const afterMark = (kind: ItemKind) => (m: Machine) => putItems(m, m.popMark(), kind);

export const append = atTop(1, 'list');
export const appends = afterMark('list');
export const setItem = atTop(2, 'dict');
export const setItems = afterMark('dict');
export const addItems = afterMark('set');
