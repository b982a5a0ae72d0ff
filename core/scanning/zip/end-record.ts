import type { ByteSource } from '../byte-source.ts';
import { u64, view } from '../bytes.ts';
import { Unscannable } from '../scan.ts';

/** The end records of a zip archive (APPNOTE.TXT 4.3.14 to 4.3.16): where its directory is. */
export type EndRecord = {
  readonly entries: number;
  readonly directoryOffset: number;
  readonly directorySize: number;
  /** Where the end records begin: the directory ends there. */
  readonly start: number;
  /** Bytes after the end record: comment, or what poses as one. */
  readonly trailing: number;
};

const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR_SIZE = 20;
const END64_SIZE = 56;
const END = Uint8Array.of(0x50, 0x4b, 5, 6);
const LOCATOR = 0x07064b50;
const END64 = 0x06064b50;

const TAIL_SIZE = END_SIZE + LONGEST_COMMENT;

/** Of the last end record in the tail of a file, -1 if there is none. */
const findEnd = (tail: Uint8Array): number =>
  Buffer.from(tail.buffer, tail.byteOffset, tail.length).lastIndexOf(END, tail.length - END_SIZE);

const read64 = async (source: ByteSource, locatorAt: number): Promise<EndRecord | undefined> => {
  if (locatorAt < 0) return undefined;
  const locator = view(await source.read(locatorAt, LOCATOR_SIZE));
  if (locator.getUint32(0, true) !== LOCATOR) return undefined;
  const start = u64(locator, 8);
  if (start + END64_SIZE > locatorAt)
    throw new Unscannable('zip.malformed', { what: 'the zip64 end record lies outside the file', offset: locatorAt });
  const record = view(await source.read(start, END64_SIZE));
  if (record.getUint32(0, true) !== END64 || start + 12 + u64(record, 4) !== locatorAt)
    throw new Unscannable('zip.malformed', { what: 'the zip64 end record is not where it should be', offset: start });
  return {
    entries: u64(record, 32),
    directorySize: u64(record, 40),
    directoryOffset: u64(record, 48),
    start,
    trailing: 0,
  };
};

const SATURATED_16 = 0xffff;
const SATURATED_32 = 0xffffffff;

/** A field of the short record stands unless it is saturated; then the zip64 record holds it. Never may they differ. */
const agree = (short: number, saturated: number, long: number | undefined, what: string): number => {
  if (long === undefined) return short;
  if (short !== saturated && short !== long)
    throw new Unscannable('zip.malformed', { what: `the end records disagree about the ${what}` });
  return long;
};

/** @returns undefined if the file has no end record */
export const readEndRecord = async (source: ByteSource): Promise<EndRecord | undefined> => {
  const tailStart = Math.max(0, source.size - TAIL_SIZE);
  const tail = await source.read(tailStart, source.size - tailStart);
  const at = tail.length < END_SIZE ? -1 : findEnd(tail);
  if (at === -1) return undefined;
  const data = view(tail);
  const start = tailStart + at;
  if (data.getUint32(at + 4, true) !== 0)
    throw new Unscannable('zip.malformed', { what: 'the archive spans several disks', offset: start });
  if (data.getUint16(at + 8, true) !== data.getUint16(at + 10, true))
    throw new Unscannable('zip.malformed', { what: 'the end record contradicts itself', offset: start });
  const long = await read64(source, start - LOCATOR_SIZE);
  return {
    entries: agree(data.getUint16(at + 10, true), SATURATED_16, long?.entries, 'number of members'),
    directorySize: agree(data.getUint32(at + 12, true), SATURATED_32, long?.directorySize, 'size of the directory'),
    directoryOffset: agree(
      data.getUint32(at + 16, true),
      SATURATED_32,
      long?.directoryOffset,
      'place of the directory',
    ),
    start: long?.start ?? start,
    trailing: source.size - start - END_SIZE,
  };
};
