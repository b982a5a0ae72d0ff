import { TAG } from './cells.ts';
import { type Machine, Malformed } from './machine.ts';
import { MAX_SHORT_TEXT } from './texts.ts';

/** The opcodes that push literals, and those that move the stack, the memo and the marks. */

export const pushOpaque = (m: Machine): void => m.stack.push(TAG.opaque, 0);
export const pushNone = (m: Machine): void => m.stack.push(TAG.none, 0);
export const pushTrue = (m: Machine): void => m.stack.push(TAG.bool, 1);
export const pushFalse = (m: Machine): void => m.stack.push(TAG.bool, 0);

const unsigned = (m: Machine): number => {
  let value = 0;
  for (let i = m.argumentLength - 1; i >= 0; i -= 1) value = value * 256 + (m.bytes[m.argument + i] ?? 0);
  return value;
};

export const pushUnsigned = (m: Machine): void => m.stack.push(TAG.int, unsigned(m));
export const pushSigned = (m: Machine): void => m.stack.push(TAG.int, unsigned(m) | 0);

/** LONG1: two's complement, little-endian; beyond what a number holds exactly only its presence counts. */
export const pushLong = (m: Machine): void => {
  if (m.argumentLength > 6) {
    pushOpaque(m);
    return;
  }
  const value = unsigned(m);
  const size = 256 ** m.argumentLength;
  m.stack.push(TAG.int, value >= size / 2 ? value - size : value);
};

const latin1 = new TextDecoder('latin1');
const line = (m: Machine): string => latin1.decode(m.bytes.subarray(m.argument, m.argument + m.argumentLength));

const INTEGER = /^\s*[+-]?(?:0[xX][0-9a-fA-F]+|[0-9][0-9_]*)L?\s*$/;
const FLOAT = /^\s*[+-]?(?:inf|infinity|nan|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[+-]?[0-9]+)?)\s*$/i;
const MAX_DIGITS = 15;

export const pushIntLine = (m: Machine): void => {
  const text = line(m);
  if (!INTEGER.test(text)) throw new Malformed('an integer that is none');
  if (text === '01' || text === '00') m.stack.push(TAG.bool, Number(text));
  else if (text.length > MAX_DIGITS) pushOpaque(m);
  else m.stack.push(TAG.int, Number(text.replaceAll('_', '').replace(/L\s*$/, '')));
};

export const pushFloatLine = (m: Machine): void => {
  if (!FLOAT.test(line(m))) throw new Malformed('a float that is none');
  pushOpaque(m);
};

/** `torch.storage._load_from_bytes(b'…')` is how a tensor gets into a plain pickle: the bytes are a torch file. */
const isLoader = (m: Machine, position: number): boolean => {
  if (m.stack.tags[position] !== TAG.restricted) return false;
  const imported = m.imported[m.stack.payloads[position] ?? -1];
  return imported?.name === '_load_from_bytes' && imported.module === 'torch.storage';
};

export const pushBytes = (m: Machine): void => {
  if (!m.options.embedded || !isLoader(m, m.stack.length - 1)) {
    pushOpaque(m);
    return;
  }
  m.embeddedLength = m.argumentLength;
  m.stack.push(TAG.embedded, 0);
};

/** Counted strings. The driver has made sure that a short one is in the buffer as a whole. */
export const pushText = (m: Machine): void => {
  if (m.argumentLength > MAX_SHORT_TEXT) m.stack.push(TAG.longText, 0);
  else m.stack.push(TAG.text, m.texts.store(m.bytes, m.argument, m.argumentLength));
};

const BACKSLASH = 0x5c;
/** Bytes of the longest escape, which stands for one character. */
const LONGEST_ESCAPE = 10;

/** Lines that are too long to be a name, or the same in UTF-8, need no decoding. */
const pushPlainLine = (m: Machine): boolean => {
  if (m.argumentLength > MAX_SHORT_TEXT * LONGEST_ESCAPE) {
    m.stack.push(TAG.longText, 0);
    return true;
  }
  for (let i = m.argument; i < m.argument + m.argumentLength; i += 1) {
    const byte = m.bytes[i] ?? 0;
    if (byte === BACKSLASH || byte > 127) return false;
  }
  pushText(m);
  return true;
};

const pushString = (m: Machine, text: string): void => {
  const reference = m.texts.storeString(text);
  if (reference === undefined) m.stack.push(TAG.longText, 0);
  else m.stack.push(TAG.text, reference);
};

const codePoint = (hex: string): string => {
  const value = Number.parseInt(hex, 16);
  if (value > 0x10ffff) throw new Malformed('a character beyond Unicode');
  return String.fromCodePoint(value);
};

/** UNICODE: raw-unicode-escape, in which only \u and \U after an odd number of backslashes mean something. */
export const pushUnicodeLine = (m: Machine): void => {
  if (pushPlainLine(m)) return;
  const text = line(m).replaceAll(
    /(\\+)(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g,
    (all, slashes: string, short?: string, long?: string) =>
      slashes.length % 2 === 0 ? all : slashes.slice(1) + codePoint(short ?? long ?? ''),
  );
  pushString(m, text);
};

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '' };

/** STRING: a quoted byte string with C escapes. */
export const pushStringLine = (m: Machine): void => {
  const quoted = line(m).replace(/\s+$/, '');
  const quote = quoted[0];
  if (quoted.length < 2 || (quote !== '"' && quote !== "'") || quoted.at(-1) !== quote)
    throw new Malformed('a string without its quotes');
  const text = quoted.slice(1, -1).replaceAll(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (all, code: string) => {
    if (code.length === 3 && code.startsWith('x')) return codePoint(code.slice(1));
    if (/^[0-7]/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8) & 255);
    return ESCAPES[code] ?? (code === '\\' || code === "'" || code === '"' ? code : all);
  });
  pushString(m, text);
};

export const mark = (m: Machine): void => {
  if (m.marks.length >= m.options.scan.limits.stack) throw new Malformed('too many marks');
  m.marks.push(m.stack.length);
};

/** On an empty stack above a mark POP takes the mark. */
export const pop = (m: Machine): void => {
  if (m.marks.length > 0 && m.stack.length === m.fence) m.marks.pop();
  else m.pop();
};

export const popMark = (m: Machine): void => {
  m.stack.length = m.popMark();
};

export const duplicate = (m: Machine): void => {
  const top = m.top();
  m.stack.push(m.stack.tags[top] ?? 0, m.stack.payloads[top] ?? 0);
};

const put = (m: Machine, index: number): void => {
  const top = m.top();
  m.memo.put(index, m.stack.tags[top] ?? 0, m.stack.payloads[top] ?? 0);
};

const get = (m: Machine, index: number): void => {
  if (!m.memo.find(index)) throw new Malformed(`memo has no entry ${index}`);
  m.stack.push(m.memo.tag, m.memo.payload);
};

const lineIndex = (m: Machine): number => {
  const text = line(m);
  if (!/^\s*\+?[0-9][0-9_]{0,14}L?\s*$/.test(text)) throw new Malformed('a memo index that is none');
  return Number(text.replaceAll(/[_L\s]/g, ''));
};

export const putBinary = (m: Machine): void => put(m, unsigned(m));
export const putLine = (m: Machine): void => put(m, lineIndex(m));
export const memoize = (m: Machine): void => put(m, m.memo.size);
export const getBinary = (m: Machine): void => get(m, unsigned(m));
export const getLine = (m: Machine): void => get(m, lineIndex(m));

const LAST_PROTOCOL = 5;

export const proto = (m: Machine): void => {
  const version = unsigned(m);
  if (version > LAST_PROTOCOL) throw new Malformed(`protocol ${version} does not exist`);
  if (m.started) m.report('pickle.duplicate-proto', `a second PROTO ${version} after the start`);
  m.protocol = version;
};

export const frame = (m: Machine): void => {
  if (m.frameEnd !== -1) m.report('pickle.frame-mismatch', 'a frame starts inside another');
  m.frameEnd = m.offset + 1 + m.argumentLength + unsigned(m);
};

export const stop = (m: Machine): void => {
  m.pop();
  m.stopped = true;
};

export const nextBuffer = (m: Machine): void => {
  m.report('pickle.out-of-band', 'refers to a buffer outside the file');
  pushOpaque(m);
};
export const readonlyBuffer = (m: Machine): void => {
  m.top();
};
