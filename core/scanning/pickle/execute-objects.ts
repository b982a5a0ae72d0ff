import { DICTIONARY, gradeOf } from './allowlist.ts';
import { TAG } from './cells.ts';
import type { Cell } from './containers.ts';
import { applyDtypeState, makeDtype } from './dtype-state.ts';
import { refuseAsValues } from './execute-containers.ts';
import { argumentsAllowed, stateAllowed } from './guards.ts';
import { wrappedArray } from './joblib-array.ts';
import { type Machine, Malformed } from './machine.ts';
import { isArrayWrapper } from './restricted.ts';

/** The opcodes that import names, call them and give state to what they made. */

const utf8 = new TextDecoder('utf-8');
const NEWLINE = 0x0a;

const names = (m: Machine): readonly [module: string, name: string] => {
  const bytes = m.bytes.subarray(m.argument, m.argument + m.argumentLength);
  const end = bytes.indexOf(NEWLINE);
  return [utf8.decode(bytes.subarray(0, end)), utf8.decode(bytes.subarray(end + 1))];
};

export const global = (m: Machine): void => {
  const [module, name] = names(m);
  m.pushImported(module, name);
};

export const stackGlobal = (m: Machine): void => {
  const name = m.cell(m.pop());
  const module = m.cell(m.pop());
  if (module.tag === TAG.text && name.tag === TAG.text) {
    m.pushImported(m.text(module) ?? '<too long ago to show>', m.text(name) ?? '<too long ago to show>');
    return;
  }
  m.report('pickle.dynamic-name', `imports a name made of ${m.describe(module)} and ${m.describe(name)}`);
  m.stack.push(TAG.instance, -1);
};

export const extension = (m: Machine): void => {
  m.report('pickle.extension-code', 'imports what a copyreg extension code stands for');
  m.stack.push(TAG.instance, -1);
};

const isName = (m: Machine, index: number, module: string, name: string): boolean => {
  const imported = m.imported[index];
  return imported?.module === module && imported.name === name;
};

/** `copyreg._reconstructor(cls, …)` and `_new_Index(cls, …)` make instances of their first argument. */
const madeBy = (m: Machine, index: number, args: readonly Cell[] | undefined): number => {
  const name = m.imported[index]?.name ?? '';
  const first = args?.[0];
  const indirect = name === '_reconstructor' || name === '__newobj__' || name === '_new_Index';
  return indirect && first?.tag === TAG.global ? first.payload : index;
};

/** `getattr(cls, 'method')` is the dotted name `cls.method`, as newer protocols write it. */
const lookUp = (m: Machine, callee: Cell, args: readonly Cell[] | undefined): void => {
  const [owner, key] = args ?? [];
  const name = m.text(key);
  const of = owner?.tag === TAG.global ? m.imported[owner.payload] : undefined;
  const dotted = of === undefined || name === undefined ? undefined : `${of.name}.${name}`;
  if (of !== undefined && dotted !== undefined && typeof gradeOf(of.module, dotted, NOTHING) === 'string') {
    m.pushImported(of.module, dotted);
    return;
  }
  m.acted = true;
  m.report('pickle.guard', `calls ${m.describe(callee)} for other than a method of the lists`);
  m.stack.push(TAG.instance, -1);
};

const MAY_NOT_CALL: Record<string, true> = { mention: true };

/** Pushes what the call of `callee` gives. */
const call = (m: Machine, callee: Cell, args: readonly Cell[] | undefined): void => {
  const imported = m.imported[callee.payload];
  if (callee.tag === TAG.restricted && imported !== undefined && isArrayWrapper(imported.module, imported.name)) {
    m.stack.push(TAG.wrapper, callee.payload);
    return;
  }
  if (callee.tag !== TAG.global && callee.tag !== TAG.restricted) {
    m.acted = true;
    m.report('pickle.call-of-object', `calls ${m.describe(callee)}`);
    m.stack.push(TAG.instance, -1);
    return;
  }
  const grade = imported?.grade;
  if (grade === 'lookup') {
    lookUp(m, callee, args);
    return;
  }
  if (typeof grade === 'object') m.acted = true;
  else if (MAY_NOT_CALL[grade ?? ''] === true) m.report('pickle.call-not-allowed', `calls ${m.describe(callee)}`);
  else if (!argumentsAllowed(m, callee.payload, args)) {
    m.acted = true;
    m.report('pickle.guard', `calls ${m.describe(callee)} with other than plain arguments`);
  }
  if (isName(m, callee.payload, 'numpy', 'dtype')) makeDtype(m, args);
  else m.stack.push(TAG.instance, madeBy(m, callee.payload, args));
};

const argumentsOf = (m: Machine, args: Cell): readonly Cell[] | undefined => {
  if (args.tag === TAG.tuple) return m.containers.items(args.payload);
  // An object may be a tuple by inheritance: real unpicklers accept it.
  if (args.tag === TAG.instance || args.tag === TAG.opaque) return undefined;
  throw new Malformed('calls with arguments that are no tuple');
};

export const reduce = (m: Machine): void => {
  const args = m.cell(m.pop());
  const callee = m.cell(m.pop());
  call(m, callee, argumentsOf(m, args));
};

export const newObjectEx = (m: Machine): void => {
  m.pop();
  reduce(m);
};

export const inst = (m: Machine): void => {
  const start = m.popMark();
  refuseAsValues(m, start);
  const id = m.containers.tuple(m.stack, start);
  m.stack.length = start;
  const [module, name] = names(m);
  m.pushImported(module, name);
  const callee = m.cell(m.pop());
  call(m, callee, m.containers.items(id));
};

export const obj = (m: Machine): void => {
  const start = m.popMark();
  if (m.stack.length <= start) throw new Malformed('needs a class on the stack');
  const callee = m.cell(start);
  refuseAsValues(m, start + 1);
  const id = m.containers.tuple(m.stack, start + 1);
  m.stack.length = start;
  call(m, callee, m.containers.items(id));
};

const NOTHING: ReadonlySet<string> = new Set();

const HIJACKS: ReadonlySet<number> = new Set(['__setstate__', '__class__'].map((word) => DICTIONARY.referenceOf(word)));
/** An object can be equal to the name of a method without being a text that is read here. */
const hijacks = (tag: number, payload: number): boolean =>
  tag === TAG.instance || (tag === TAG.text && HIJACKS.has(payload));

/** Attributes that change what happens next to the object that gets the state. */
const checkKeys = (m: Machine, state: Cell): void => {
  const parts = state.tag === TAG.tuple ? (m.containers.items(state.payload) ?? []) : [state];
  for (const part of parts) {
    const key = part.tag === TAG.dict ? m.containers.findKey(part.payload, hijacks) : undefined;
    if (key !== undefined) m.report('pickle.state-hijack', `the state sets ${m.text(key) ?? m.describe(key)}`);
  }
};

export const build = (m: Machine): void => {
  refuseAsValues(m, m.top());
  const state = m.cell(m.pop());
  const position = m.top();
  const target = m.cell(position);
  if (target.tag === TAG.instance) {
    if (!stateAllowed(m, target.payload, state))
      m.report('pickle.guard', `gives other than plain state to ${m.describe(target)}`);
    if (isName(m, target.payload, 'numpy', 'dtype')) m.report('numpy.dtype', 'a dtype made in an unusual way');
    if (typeof m.imported[target.payload]?.grade === 'object') m.acted = true;
    checkKeys(m, state);
  } else if (target.tag === TAG.dtype) applyDtypeState(m, position, state);
  else if (target.tag === TAG.wrapper) {
    if (m.options.joblib) m.array = wrappedArray(m, state);
  } else if (target.tag === TAG.global || target.tag === TAG.restricted) {
    m.acted = true;
    m.report('pickle.class-modified', `gives state to ${m.describe(target)} itself`);
  } else m.report('pickle.state-target', `gives state to ${m.describe(target)}`);
};

/**
 * torch asks its loader for ('storage', type, key, device, count), and files before 1.6 for ('module', class, source
 * file, source), which gives the class; nobody else uses persistent ids.
 */
export const persistentId = (m: Machine): void => {
  const id = m.cell(m.pop());
  const items = id.tag === TAG.tuple ? m.containers.items(id.payload) : undefined;
  const [kind, type] = items ?? [];
  const asked = type?.tag === TAG.global ? m.text(kind) : undefined;
  if (asked === 'module' && type !== undefined) {
    m.stack.push(type.tag, type.payload);
    return;
  }
  const { module = '', name = '' } = m.imported[type?.payload ?? -1] ?? {};
  const isStorage = /^torch(?:\.cuda|\.storage)?$/.test(module) && name.endsWith('Storage');
  if (asked !== 'storage' || !isStorage) m.report('pickle.persistent-id', `asks the loader for ${m.describe(id)}`);
  m.stack.push(TAG.opaque, 0);
};

export const persistentLine = (m: Machine): void => {
  m.report('pickle.persistent-id', 'asks the loader for a named object');
  m.stack.push(TAG.opaque, 0);
};
