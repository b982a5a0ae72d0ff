import { EXECUTE } from './dispatch.ts';
import { type Machine, Malformed } from './machine.ts';
import { ARGUMENT, ARGUMENT_OF, NO_OPCODE } from './opcodes.ts';
import { MAX_SHORT_TEXT } from './texts.ts';

const NEWLINE = 0x0a;

const littleEndian = (bytes: Uint8Array, start: number, length: number): number => {
  let value = 0;
  for (let i = start + length - 1; i >= start; i -= 1) value = value * 256 + (bytes[i] ?? 0);
  return value;
};

const COUNT_BYTES: Record<number, number> = {
  [ARGUMENT.counted1]: 1,
  [ARGUMENT.counted4]: 4,
  [ARGUMENT.counted8]: 8,
};

/** Where a line ends, -1 if that is beyond the bytes at hand. */
const lineEnd = (bytes: Uint8Array, start: number, lines: number): number => {
  let end = start - 1;
  for (let i = 0; i < lines; i += 1) {
    end = bytes.indexOf(NEWLINE, end + 1);
    if (end === -1) return -1;
  }
  return end;
};

const closeFrame = (m: Machine, offset: number): void => {
  if (offset !== m.frameEnd) m.report('pickle.frame-mismatch', 'opcodes and frame do not end together');
  m.frameEnd = -1;
};

/**
 * Finds the argument of the opcode at `position`.
 * @returns where the next opcode starts (perhaps beyond the bytes at hand, after a long string that nobody needs), or
 * minus the number of bytes that must be at hand from `position` on
 */
const findArgument = (m: Machine, position: number, kind: number): number => {
  const { bytes } = m;
  const start = position + 1;
  if (kind <= ARGUMENT.fixed8) {
    m.argument = start;
    m.argumentLength = kind;
    return start + kind <= bytes.length ? start + kind : -(1 + kind);
  }
  if (kind <= ARGUMENT.twoLines) {
    const end = lineEnd(bytes, start, kind - ARGUMENT.line + 1);
    m.argument = start;
    m.argumentLength = end - start;
    return end === -1 ? -2 * (bytes.length - position + 1) : end + 1;
  }
  const countBytes = COUNT_BYTES[kind] ?? 1;
  if (start + countBytes > bytes.length) return -(1 + countBytes);
  m.argument = start + countBytes;
  m.argumentLength = littleEndian(bytes, start, countBytes);
  const end = m.argument + m.argumentLength;
  return m.argumentLength > MAX_SHORT_TEXT || end <= bytes.length ? end : -(end - position);
};

export type Progress = { readonly consumed: number; readonly needed: number };

/**
 * Executes the opcodes in `bytes`, which start at `base` of a stream that ends at `end`, until more bytes are needed,
 * the stream stops, or bytes follow that are no opcodes: those of an array, or a file of their own.
 * @throws Malformed where every unpickler stops with an error
 */
export const run = (m: Machine, bytes: Uint8Array, base: number, end: number): Progress => {
  m.bytes = bytes as Uint8Array<ArrayBuffer>;
  let position = 0;
  let count = 0;
  try {
    while (!m.stopped && m.array === undefined && m.embeddedLength === undefined) {
      if (position >= bytes.length) return { consumed: position, needed: 1 };
      m.offset = base + position;
      if (m.frameEnd !== -1 && m.offset >= m.frameEnd) closeFrame(m, m.offset);
      m.opcode = bytes[position] ?? 0;
      const execute = EXECUTE[m.opcode];
      const kind = ARGUMENT_OF[m.opcode] ?? NO_OPCODE;
      if (execute === undefined) throw new Malformed('no such opcode');
      const next = findArgument(m, position, kind);
      if (next < 0) return { consumed: position, needed: -next };
      if (base + next > end) throw new Malformed('declares more bytes than follow', 'pickle.length-beyond-end');
      execute(m);
      m.started = true;
      count += 1;
      position = m.embeddedLength === undefined ? next : m.argument;
    }
    // Raw bytes lie between frames: joblib would read the rest of an open frame only after them.
    if (m.array !== undefined && m.frameEnd !== -1) closeFrame(m, base + position);
    return { consumed: position, needed: 0 };
  } finally {
    m.options.scan.countOpcodes(count);
  }
};
