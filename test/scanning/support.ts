import { readdirSync, readFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import { type ByteSource, bufferSource } from '../../core/scanning/byte-source.ts';
import type { FileScan } from '../../core/scanning/contract.ts';
import { opcodeByName } from '../../core/scanning/pickle/opcodes.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';
import type { ScanOptions } from '../../core/scanning/scan-options.ts';

const VECTORS = new URL('../vectors/scanning/', import.meta.url);

export type CorpusVector = {
  readonly id: string;
  readonly desc: string;
  readonly verdict: string;
  readonly expectGlobals: readonly (readonly [string, string])[];
  readonly b64: string;
};

export const corpus = (): CorpusVector[] => JSON.parse(readFileSync(new URL('pickle-corpus.json', VECTORS), 'utf8'));

/** The corpus names kinds of attack that are no verdicts. */
const VERDICTS: Record<string, string> = {
  benign: 'clean',
  'path-traversal': 'malicious',
  bomb: 'suspicious',
};

export const verdictOf = ({ verdict }: CorpusVector): string => VERDICTS[verdict] ?? verdict;

export const realNames = (): string[] => readdirSync(new URL('real/', VECTORS)).sort();
export const real = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`real/${name}`, VECTORS)));

/** A file that does something to its reader, written by a real library. */
export const hostileHdf5 = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`hdf5/${name}`, VECTORS)));
export const hostileHdf5Names = (): string[] => readdirSync(new URL('hdf5/', VECTORS)).sort();

export const scanBytes = (bytes: Uint8Array, name = 'file.bin', options: ScanOptions = {}): Promise<FileScan> =>
  scanFile(name, bufferSource(bytes), options);

export const rulesOf = (scan: FileScan): string[] => [...new Set(scan.findings.map(({ rule }) => rule))].sort();

export const concat = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const le = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** One pickle opcode with the bytes of its argument. */
export const op = (name: string, ...argument: readonly (readonly number[] | Uint8Array)[]): Uint8Array =>
  concat([opcodeByName(name)], ...argument);

export const text = (value: string): Uint8Array => op('SHORT_BINUNICODE', le(utf8(value).length, 1), utf8(value));
export const int = (value: number): Uint8Array => op('BININT', le(value >>> 0, 4));
export const lines = (name: string, ...values: readonly string[]): Uint8Array =>
  op(name, utf8(values.map((value) => `${value}\n`).join('')));
export const stackGlobal = (module: string, name: string): Uint8Array =>
  concat(text(module), text(name), op('STACK_GLOBAL'));
/** `module.name('true')` */
export const call = (module: string, name: string): Uint8Array =>
  concat(stackGlobal(module, name), text('true'), op('TUPLE1'), op('REDUCE'));
export const pickle = (...opcodes: readonly Uint8Array[]): Uint8Array =>
  concat(op('PROTO', [4]), ...opcodes, op('STOP'));
export const PAYLOAD = call('posix', 'system');

export type ZipMember = {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  /** What the header in front of the data says instead. */
  readonly local?: { readonly name?: string; readonly crc?: number; readonly flags?: number; readonly size?: number };
  readonly crc?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly headerAt?: number;
};

const localHeader = (member: ZipMember, packed: Uint8Array, crc: number): Uint8Array => {
  const name = utf8(member.local?.name ?? member.name);
  const size = member.local?.size ?? member.size ?? member.content.length;
  return concat(
    [0x50, 0x4b, 3, 4, 20, 0],
    le(member.local?.flags ?? member.flags ?? 0, 2),
    le(member.deflate === true ? 8 : 0, 2),
    [0, 0, 0, 0],
    le(member.local?.crc ?? crc, 4),
    le(packed.length, 4),
    le(size, 4),
    le(name.length, 2),
    [0, 0],
    name,
    packed,
  );
};

const directoryEntry = (member: ZipMember, packed: Uint8Array, crc: number, at: number): Uint8Array => {
  const name = utf8(member.name);
  return concat(
    [0x50, 0x4b, 1, 2, 20, 0, 20, 0],
    le(member.flags ?? 0, 2),
    le(member.deflate === true ? 8 : 0, 2),
    [0, 0, 0, 0],
    le(crc, 4),
    le(packed.length, 4),
    le(member.size ?? member.content.length, 4),
    le(name.length, 2),
    new Uint8Array(12),
    le(member.headerAt ?? at, 4),
    name,
  );
};

/** A zip archive, as honest or as twisted as its members say. */
export const zip = (
  members: readonly ZipMember[],
  around: { readonly gap?: Uint8Array; readonly comment?: string } = {},
) => {
  let at = 0;
  const bodies: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  for (const member of members) {
    const packed = member.deflate === true ? new Uint8Array(deflateRawSync(member.content)) : member.content;
    const crc = member.crc ?? crc32(member.content);
    const body = localHeader(member, packed, crc);
    bodies.push(body);
    entries.push(directoryEntry(member, packed, crc, at));
    at += body.length;
  }
  const gap = around.gap ?? new Uint8Array();
  const directory = concat(...entries);
  const comment = utf8(around.comment ?? '');
  const end = concat(
    [0x50, 0x4b, 5, 6, 0, 0, 0, 0],
    le(members.length, 2),
    le(members.length, 2),
    le(directory.length, 4),
    le(at + gap.length, 4),
    le(comment.length, 2),
    comment,
  );
  return concat(...bodies, gap, directory, end);
};

/** A file of any size of which only some ranges hold anything but zeros. Remembers what was asked of it. */
export const sparseSource = (
  size: number,
  parts: readonly { readonly at: number; readonly bytes: Uint8Array }[],
): ByteSource => ({
  size,
  read: async (offset, length) => {
    const wanted = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    for (const { at, bytes } of parts) {
      const from = Math.max(offset, at);
      const to = Math.min(offset + wanted.length, at + bytes.length);
      if (from < to) wanted.set(bytes.subarray(from - at, to - at), from - offset);
    }
    return wanted;
  },
});

export const safetensors = (header: unknown, data: Uint8Array | number = 0): Uint8Array => {
  const json = utf8(typeof header === 'string' ? header : JSON.stringify(header));
  return concat(le(json.length, 8), json, typeof data === 'number' ? new Uint8Array(data) : data);
};

/** A protobuf field: a number, or the bytes of a string or message. */
export const field = (number: number, value: number | string | Uint8Array): Uint8Array => {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))]);
  if (typeof value === 'number') return concat(varint(number * 8), varint(value));
  const bytes = typeof value === 'string' ? utf8(value) : value;
  return concat(varint(number * 8 + 2), varint(bytes.length), bytes);
};

export const npy = (header: string, data: Uint8Array): Uint8Array => {
  const padded = utf8(`${header}\n`);
  return concat([0x93], utf8('NUMPY'), [1, 0], le(padded.length, 2), padded, data);
};
