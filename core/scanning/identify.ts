import { ascii, startsWith } from './bytes.ts';

/** Formats that are told by their first bytes and not looked into: what they are, by which rule they are refused. */
type Known = {
  readonly format: string;
  readonly magic: readonly number[];
  readonly at?: number;
  readonly rule: 'format.not-supported' | 'code.binary';
};

const unsupported = (format: string, magic: readonly number[], at = 0): Known => ({
  format,
  magic,
  at,
  rule: 'format.not-supported',
});
const code = (format: string, magic: readonly number[]): Known => ({ format, magic, rule: 'code.binary' });

const KNOWN: readonly Known[] = [
  unsupported('ggml', ascii('lmgg')),
  unsupported('tflite', ascii('TFL3'), 4),
  unsupported('7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  unsupported('rar', ascii('Rar!\x1a\x07')),
  unsupported('joblib-legacy', ascii('ZF')),
  unsupported('pdf', ascii('%PDF-')),
  unsupported('sqlite', ascii('SQLite format 3\0')),
  code('elf', [0x7f, ...ascii('ELF')]),
  code('pe', ascii('MZ')),
  code('mach-o', [0xfe, 0xed, 0xfa, 0xce]),
  code('mach-o', [0xfe, 0xed, 0xfa, 0xcf]),
  code('mach-o', [0xce, 0xfa, 0xed, 0xfe]),
  code('mach-o', [0xcf, 0xfa, 0xed, 0xfe]),
  code('mach-o', [0xca, 0xfe, 0xba, 0xbe]),
  code('wasm', [0x00, ...ascii('asm')]),
];

/** Only for content that is no text. */
export const knownFormat = (head: Uint8Array): Known | undefined =>
  KNOWN.find(({ magic, at }) => startsWith(head, magic, at ?? 0));

export const isGguf = (head: Uint8Array): boolean => startsWith(head, ascii('GGUF'));

export const isGzip = (head: Uint8Array): boolean => startsWith(head, [0x1f, 0x8b, 0x08]);

/** CM 8, a window of at most 32 KiB, and a check that divides by 31 (RFC 1950). */
export const isZlib = (head: Uint8Array): boolean => {
  const [cmf = 0, flags = 0] = head;
  return head.length > 2 && (cmf & 15) === 8 && cmf >> 4 <= 7 && (cmf * 256 + flags) % 31 === 0 && (flags & 32) === 0;
};

const PROTO = 0x80;
const LAST_PROTOCOL = 5;

/** The PROTO opcode; text protocols have no magic and are found by walking. */
export const isPickleHead = (head: Uint8Array): boolean =>
  head.length >= 2 && head[0] === PROTO && (head[1] ?? 255) <= LAST_PROTOCOL;
