import type { ByteSource } from '../byte-source.ts';
import { u64, view } from '../bytes.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';
import type { EndRecord } from './end-record.ts';

/** A member as the central directory describes it (APPNOTE.TXT 4.3.12). */
export type Member = {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of its local header, from the start of the file. */
  readonly headerAt: number;
};

export type Directory = {
  readonly members: readonly Member[];
  /** Of the directory, from the start of the file. */
  readonly start: number;
  /** Bytes in front of the archive: its offsets count from behind them. */
  readonly prefix: number;
};

const ENTRY = 0x02014b50;
const ENTRY_SIZE = 46;
const SATURATED_32 = 0xffffffff;
const ZIP64_EXTRA = 1;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('latin1');

const decodeName = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
};

/** The 64-bit values of those of the given fields that are saturated, in the order of the specification. */
export const widen = (extra: Uint8Array, fields: readonly number[]): readonly number[] => {
  if (!fields.includes(SATURATED_32)) return fields;
  const data = view(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = data.getUint16(at + 2, true);
    if (data.getUint16(at, true) === ZIP64_EXTRA && at + 4 + length <= extra.length) {
      let next = at + 4;
      return fields.map((field) => {
        if (field !== SATURATED_32) return field;
        if (next + 8 > at + 4 + length) throw new Unscannable('zip.malformed', { what: 'a zip64 field is missing' });
        next += 8;
        return u64(data, next - 8);
      });
    }
    at += 4 + length;
  }
  return fields;
};

const parseEntry = (bytes: Uint8Array, at: number, prefix: number): { member: Member; next: number } => {
  const data = view(bytes);
  if (at + ENTRY_SIZE > bytes.length || data.getUint32(at, true) !== ENTRY)
    throw new Unscannable('zip.malformed', { what: 'the directory is damaged' });
  const nameEnd = at + ENTRY_SIZE + data.getUint16(at + 28, true);
  const extraEnd = nameEnd + data.getUint16(at + 30, true);
  const next = extraEnd + data.getUint16(at + 32, true);
  if (next > bytes.length) throw new Unscannable('zip.malformed', { what: 'a directory entry is cut off' });
  const nameBytes = bytes.subarray(at + ENTRY_SIZE, nameEnd);
  const short = [data.getUint32(at + 24, true), data.getUint32(at + 20, true), data.getUint32(at + 42, true)];
  const [size = 0, packedSize = 0, headerAt = 0] = widen(bytes.subarray(nameEnd, extraEnd), short);
  return {
    member: {
      name: decodeName(nameBytes),
      nameBytes,
      flags: data.getUint16(at + 8, true),
      method: data.getUint16(at + 10, true),
      crc: data.getUint32(at + 16, true),
      packedSize,
      size,
      headerAt: headerAt + prefix,
    },
    next,
  };
};

/** Reads the whole directory, bounded; what it says about the members is checked elsewhere. */
export const readDirectory = async (scan: Scan, source: ByteSource, end: EndRecord): Promise<Directory> => {
  if (end.entries > scan.limits.members) throw limit('members', scan.limits);
  if (end.directorySize > scan.limits.headerBytes) throw limit('headerBytes', scan.limits);
  const start = end.start - end.directorySize;
  const prefix = start - end.directoryOffset;
  if (start < 0 || prefix < 0)
    throw new Unscannable('zip.malformed', { what: 'the directory does not fit in front of its end record' });
  const bytes = await source.read(start, end.directorySize);
  const members: Member[] = [];
  let at = 0;
  while (members.length < end.entries) {
    const { member, next } = parseEntry(bytes, at, prefix);
    members.push(member);
    at = next;
  }
  if (at !== bytes.length) throw new Unscannable('zip.malformed', { what: 'the directory is longer than its entries' });
  return { members, start, prefix };
};
