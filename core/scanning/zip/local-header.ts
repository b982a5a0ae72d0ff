import type { ByteSource } from '../byte-source.ts';
import { equalBytes, view } from '../bytes.ts';
import type { Scan } from '../scan.ts';
import { type Member, widen } from './directory.ts';

/** A member, where its data start, and the first of them. */
export type Located = { readonly member: Member; readonly dataAt: number; readonly head: Uint8Array };

const HEADER = 0x04034b50;
const HEADER_SIZE = 30;
const SIZES_FOLLOW = 0x0008;
/** Room for the extra fields with which torch aligns its storages, and for a look at the data. */
const LOOK_AHEAD = 512;

const differences = (member: Member, bytes: Uint8Array, extra: Uint8Array): string | undefined => {
  const data = view(bytes);
  if (data.getUint16(6, true) !== member.flags) return 'flags';
  if (data.getUint16(8, true) !== member.method) return 'methods';
  const [size = 0, packedSize = 0] = widen(extra, [data.getUint32(22, true), data.getUint32(18, true)]);
  const crc = data.getUint32(14, true);
  const follow = (member.flags & SIZES_FOLLOW) !== 0;
  if (crc !== member.crc && !(follow && crc === 0)) return 'checksums';
  if (size !== member.size && !(follow && size === 0)) return 'sizes';
  if (packedSize !== member.packedSize && !(follow && packedSize === 0)) return 'packed sizes';
  return undefined;
};

/**
 * Compares the header in front of the data with the directory: readers use one or the other.
 * @returns undefined if there is no header where the directory says
 */
export const locate = async (
  scan: Scan,
  source: ByteSource,
  member: Member,
  label: string,
): Promise<Located | undefined> => {
  const wanted = HEADER_SIZE + member.nameBytes.length + LOOK_AHEAD;
  const bytes = await source.read(member.headerAt, wanted);
  const at = { member: label, offset: member.headerAt };
  if (bytes.length < HEADER_SIZE || view(bytes).getUint32(0, true) !== HEADER) {
    scan.report('zip.malformed', { what: 'the directory points to where no member is', ...at });
    return undefined;
  }
  const data = view(bytes);
  const nameEnd = HEADER_SIZE + data.getUint16(26, true);
  const extraEnd = nameEnd + data.getUint16(28, true);
  const header = extraEnd <= bytes.length ? bytes : await source.read(member.headerAt, extraEnd + LOOK_AHEAD);
  if (!equalBytes(header.subarray(HEADER_SIZE, nameEnd), member.nameBytes))
    scan.report('zip.name-mismatch', { what: `the header in front of the data names another file`, ...at });
  const differing = differences(member, header, header.subarray(nameEnd, extraEnd));
  if (differing !== undefined)
    scan.report('zip.malformed', { what: `header and directory differ in ${differing}`, ...at });
  const dataAt = member.headerAt + extraEnd;
  if (dataAt + member.packedSize > source.size) {
    scan.report('zip.malformed', { what: 'the member reaches beyond the file', ...at });
    return undefined;
  }
  return { member, dataAt, head: header.subarray(extraEnd, Math.min(header.length, extraEnd + member.packedSize)) };
};
