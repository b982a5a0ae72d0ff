import type { Scan } from '../scan.ts';
import type { Directory, Member } from './directory.ts';
import type { Located } from './local-header.ts';

/** Bit 3: sizes follow the data. Bit 11: the name is UTF-8. Bits 1 and 2: how hard deflate tried. */
const HARMLESS_FLAGS = 0x0008 | 0x0800 | 0x0002 | 0x0004;

const unsafe = (name: string): string | undefined => {
  if (name === '') return 'is empty';
  if (/^[\\/]/.test(name) || /^[A-Za-z]:/.test(name)) return 'is absolute';
  if (/[\0-\x1f\x7f\\]/.test(name)) return 'contains control characters or backslashes';
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '..')) return 'climbs out of the directory';
  if (parts.some((part) => part === '' || part === '.')) return 'has an empty part';
  return undefined;
};

/** Names that differ only in case or normal form are one file on some systems. */
const folded = (name: string) => name.normalize('NFC').toLowerCase();

export const checkNames = (scan: Scan, members: readonly Member[], within: (name: string) => string): void => {
  const seen = new Map<string, string>();
  for (const { name } of members) {
    const problem = unsafe(name);
    if (problem !== undefined)
      scan.report('zip.unsafe-name', { what: `the member name ${problem}`, member: within(name) });
    const key = folded(name);
    if (seen.has(key)) scan.report('zip.duplicate-name', { what: `${name} appears twice`, member: within(name) });
    seen.set(key, name);
  }
};

export const checkFlags = (scan: Scan, member: Member, within: (name: string) => string): void => {
  if ((member.flags & ~HARMLESS_FLAGS) !== 0)
    scan.report('zip.flags', { what: `flags 0x${member.flags.toString(16)}`, member: within(member.name) });
};

/** What may follow the data of a member whose bit 3 is set: crc and two sizes, with or without signature. */
const DESCRIPTOR_SIZES = new Set([12, 16, 20, 24]);
const SIZES_FOLLOW = 0x0008;

/** The members fill the file from its start to the directory: no bytes are shared and none belong to nobody. */
export const checkCoverage = (scan: Scan, located: readonly Located[], directory: Directory): void => {
  const sorted = [...located].sort((a, b) => a.member.headerAt - b.member.headerAt);
  let end = directory.prefix;
  let follows = false;
  for (const { member, dataAt } of sorted) {
    reportGap(scan, end, member.headerAt, follows);
    end = Math.max(end, dataAt + member.packedSize);
    follows = (member.flags & SIZES_FOLLOW) !== 0;
  }
  reportGap(scan, end, directory.start, follows);
};

const reportGap = (scan: Scan, end: number, next: number, descriptor: boolean): void => {
  if (next < end) scan.report('zip.overlap', { what: 'members overlap', offset: next });
  else if (next > end && !(descriptor && DESCRIPTOR_SIZES.has(next - end)))
    scan.report('zip.outside-bytes', { what: `${next - end} bytes between members`, offset: end });
};
