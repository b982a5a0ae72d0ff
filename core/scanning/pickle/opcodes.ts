/** How an opcode's argument is encoded: a fixed number of bytes, a counted string, or text up to a newline. */
export const ARGUMENT = {
  none: 0,
  fixed1: 1,
  fixed2: 2,
  fixed4: 4,
  fixed8: 8,
  line: 16,
  twoLines: 17,
  counted1: 18,
  counted4: 19,
  counted8: 20,
} as const;

const C = ARGUMENT;

/** The opcodes of pickle protocols 0 to 5, as CPython's pickletools lists them. */
const TABLE: readonly (readonly [code: number, name: string, argument: number])[] = [
  [0x28, 'MARK', C.none],
  [0x29, 'EMPTY_TUPLE', C.none],
  [0x2e, 'STOP', C.none],
  [0x30, 'POP', C.none],
  [0x31, 'POP_MARK', C.none],
  [0x32, 'DUP', C.none],
  [0x42, 'BINBYTES', C.counted4],
  [0x43, 'SHORT_BINBYTES', C.counted1],
  [0x46, 'FLOAT', C.line],
  [0x47, 'BINFLOAT', C.fixed8],
  [0x49, 'INT', C.line],
  [0x4a, 'BININT', C.fixed4],
  [0x4b, 'BININT1', C.fixed1],
  [0x4c, 'LONG', C.line],
  [0x4d, 'BININT2', C.fixed2],
  [0x4e, 'NONE', C.none],
  [0x50, 'PERSID', C.line],
  [0x51, 'BINPERSID', C.none],
  [0x52, 'REDUCE', C.none],
  [0x53, 'STRING', C.line],
  [0x54, 'BINSTRING', C.counted4],
  [0x55, 'SHORT_BINSTRING', C.counted1],
  [0x56, 'UNICODE', C.line],
  [0x58, 'BINUNICODE', C.counted4],
  [0x5d, 'EMPTY_LIST', C.none],
  [0x61, 'APPEND', C.none],
  [0x62, 'BUILD', C.none],
  [0x63, 'GLOBAL', C.twoLines],
  [0x64, 'DICT', C.none],
  [0x65, 'APPENDS', C.none],
  [0x67, 'GET', C.line],
  [0x68, 'BINGET', C.fixed1],
  [0x69, 'INST', C.twoLines],
  [0x6a, 'LONG_BINGET', C.fixed4],
  [0x6c, 'LIST', C.none],
  [0x6f, 'OBJ', C.none],
  [0x70, 'PUT', C.line],
  [0x71, 'BINPUT', C.fixed1],
  [0x72, 'LONG_BINPUT', C.fixed4],
  [0x73, 'SETITEM', C.none],
  [0x74, 'TUPLE', C.none],
  [0x75, 'SETITEMS', C.none],
  [0x7d, 'EMPTY_DICT', C.none],
  [0x80, 'PROTO', C.fixed1],
  [0x81, 'NEWOBJ', C.none],
  [0x82, 'EXT1', C.fixed1],
  [0x83, 'EXT2', C.fixed2],
  [0x84, 'EXT4', C.fixed4],
  [0x85, 'TUPLE1', C.none],
  [0x86, 'TUPLE2', C.none],
  [0x87, 'TUPLE3', C.none],
  [0x88, 'NEWTRUE', C.none],
  [0x89, 'NEWFALSE', C.none],
  [0x8a, 'LONG1', C.counted1],
  [0x8b, 'LONG4', C.counted4],
  [0x8c, 'SHORT_BINUNICODE', C.counted1],
  [0x8d, 'BINUNICODE8', C.counted8],
  [0x8e, 'BINBYTES8', C.counted8],
  [0x8f, 'EMPTY_SET', C.none],
  [0x90, 'ADDITEMS', C.none],
  [0x91, 'FROZENSET', C.none],
  [0x92, 'NEWOBJ_EX', C.none],
  [0x93, 'STACK_GLOBAL', C.none],
  [0x94, 'MEMOIZE', C.none],
  [0x95, 'FRAME', C.fixed8],
  [0x96, 'BYTEARRAY8', C.counted8],
  [0x97, 'NEXT_BUFFER', C.none],
  [0x98, 'READONLY_BUFFER', C.none],
];

export const NO_OPCODE = 255;

/** Argument encoding by opcode byte; `NO_OPCODE` where there is no such opcode. */
export const ARGUMENT_OF = new Uint8Array(256).fill(NO_OPCODE);
const NAMES = new Map<number, string>();
for (const [code, name, argument] of TABLE) {
  ARGUMENT_OF[code] = argument;
  NAMES.set(code, name);
}

export const opcodeName = (code: number): string => NAMES.get(code) ?? `0x${code.toString(16).padStart(2, '0')}`;
const CODES = new Map(TABLE.map(([code, name]) => [name, code]));
export const opcodeByName = (name: string): number => CODES.get(name) ?? NO_OPCODE;
