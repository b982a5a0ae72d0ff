import * as containers from './execute-containers.ts';
import * as objects from './execute-objects.ts';
import * as values from './execute-values.ts';
import type { Machine } from './machine.ts';
import { opcodeByName } from './opcodes.ts';

type Execute = (m: Machine) => void;

const BY_NAME: Record<string, Execute> = {
  MARK: values.mark,
  STOP: values.stop,
  POP: values.pop,
  POP_MARK: values.popMark,
  DUP: values.duplicate,
  PROTO: values.proto,
  FRAME: values.frame,
  NONE: values.pushNone,
  NEWTRUE: values.pushTrue,
  NEWFALSE: values.pushFalse,
  INT: values.pushIntLine,
  LONG: values.pushIntLine,
  FLOAT: values.pushFloatLine,
  BININT: values.pushSigned,
  BININT1: values.pushUnsigned,
  BININT2: values.pushUnsigned,
  LONG1: values.pushLong,
  LONG4: values.pushLong,
  BINFLOAT: values.pushOpaque,
  BINBYTES: values.pushBytes,
  SHORT_BINBYTES: values.pushBytes,
  BINBYTES8: values.pushBytes,
  BYTEARRAY8: values.pushOpaque,
  STRING: values.pushStringLine,
  UNICODE: values.pushUnicodeLine,
  BINSTRING: values.pushText,
  SHORT_BINSTRING: values.pushText,
  BINUNICODE: values.pushText,
  SHORT_BINUNICODE: values.pushText,
  BINUNICODE8: values.pushText,
  PUT: values.putLine,
  BINPUT: values.putBinary,
  LONG_BINPUT: values.putBinary,
  MEMOIZE: values.memoize,
  GET: values.getLine,
  BINGET: values.getBinary,
  LONG_BINGET: values.getBinary,
  NEXT_BUFFER: values.nextBuffer,
  READONLY_BUFFER: values.readonlyBuffer,
  EMPTY_TUPLE: containers.emptyTuple,
  TUPLE: containers.tuple,
  TUPLE1: containers.tuple1,
  TUPLE2: containers.tuple2,
  TUPLE3: containers.tuple3,
  EMPTY_LIST: containers.emptyList,
  LIST: containers.list,
  EMPTY_DICT: containers.emptyDict,
  DICT: containers.dict,
  EMPTY_SET: containers.emptySet,
  FROZENSET: containers.frozenSet,
  APPEND: containers.append,
  APPENDS: containers.appends,
  SETITEM: containers.setItem,
  SETITEMS: containers.setItems,
  ADDITEMS: containers.addItems,
  GLOBAL: objects.global,
  STACK_GLOBAL: objects.stackGlobal,
  EXT1: objects.extension,
  EXT2: objects.extension,
  EXT4: objects.extension,
  REDUCE: objects.reduce,
  NEWOBJ: objects.reduce,
  NEWOBJ_EX: objects.newObjectEx,
  INST: objects.inst,
  OBJ: objects.obj,
  BUILD: objects.build,
  PERSID: objects.persistentLine,
  BINPERSID: objects.persistentId,
};

/** What an opcode byte does; `undefined` where there is no such opcode. */
export const EXECUTE: readonly (Execute | undefined)[] = (() => {
  const table: (Execute | undefined)[] = Array.from({ length: 256 });
  for (const [name, execute] of Object.entries(BY_NAME)) table[opcodeByName(name)] = execute;
  return table;
})();
