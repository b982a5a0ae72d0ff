import { type ByteSource, sectionOf } from '../byte-source.ts';
import { ascii, startsWith } from '../bytes.ts';
import type { Content, ScanContent } from '../content.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';

// POSIX.1-2017 pax, "ustar Interchange Format", and the long names of GNU tar.

const BLOCK = 512;
const CHECKSUM = { at: 148, length: 8 };
/** Of a member's own attributes: names and sizes, never more. */
const LONGEST_EXTRA = 64 * 1024;

const text = (block: Uint8Array, at: number, length: number): string => {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8');
};

/** Octal digits, or, with the highest bit set, the number itself; nothing for anything else. */
const number = (block: Uint8Array, at: number, length: number): number | undefined => {
  if (((block[at] ?? 0) & 0x80) !== 0) {
    let value = (block[at] ?? 0) & 0x7f;
    for (let place = at + 1; place < at + length; place += 1) value = value * 256 + (block[place] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = text(block, at, length).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
};

const sumOf = (block: Uint8Array): number => {
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1)
    sum += at >= CHECKSUM.at && at < CHECKSUM.at + CHECKSUM.length ? 0x20 : (block[at] ?? 0);
  return sum;
};

const hasRightSum = (head: Uint8Array): boolean => {
  const sum = number(head, CHECKSUM.at, CHECKSUM.length);
  return sum !== undefined && sum === sumOf(head);
};

const USTAR = ascii('ustar');

const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

/** Old archives have no magic; the sum over their first block is right, and that does not happen by chance. */
export const isTar = (head: Uint8Array): boolean =>
  head.length >= BLOCK && !isZero(head.subarray(0, BLOCK)) && (startsWith(head, USTAR, 257) || hasRightSum(head));

type Member = { readonly name: string; readonly link: string; readonly type: string; readonly size: number };

const climbs = (path: string): boolean =>
  path.startsWith('/') || path.includes('\\') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..');

const LINKS = new Map([
  ['1', 'hard link'],
  ['2', 'symbolic link'],
]);
const SPECIAL = new Map([
  ['3', 'device'],
  ['4', 'device'],
  ['6', 'named pipe'],
]);
const FILES = new Set(['0', '\0', '7']);

/** What unpacking the member does besides writing a file of its name. */
const checkMember = (
  scan: Scan,
  { name, link, type }: Member,
  { linked, label }: { linked: Set<string>; label: string },
) => {
  if (climbs(name)) scan.report('tar.unsafe-name', { what: `the member is named ${name}`, member: label });
  const kind = LINKS.get(type);
  if (kind !== undefined) {
    linked.add(name.replace(/\/$/, ''));
    const outside = climbs(link);
    scan.report(outside ? 'tar.unsafe-link' : 'tar.link', { what: `a ${kind} to ${link}`, member: label });
  }
  const special = SPECIAL.get(type);
  if (special !== undefined) scan.report('tar.special', { what: `a ${special}`, member: label });
  const parents = name.split('/').slice(0, -1);
  if (parents.some((_, at) => linked.has(parents.slice(0, at + 1).join('/'))))
    scan.report('tar.unsafe-link', { what: 'the member is written through a link', member: label });
};

/** `<length> <key>=<value>\n`, again and again. */
const paxOf = (bytes: Uint8Array): Map<string, string> => {
  const records = new Map<string, string>();
  const buffer = Buffer.from(bytes);
  for (let at = 0; at < buffer.length; ) {
    const space = buffer.indexOf(0x20, at);
    const length = Number(buffer.toString('latin1', at, space));
    const isRecord = space > at && Number.isInteger(length) && length > space - at && at + length <= buffer.length;
    if (!isRecord) throw new Unscannable('tar.malformed', { what: 'attributes that are no records' });
    const [key = '', ...value] = buffer.toString('utf8', space + 1, at + length - 1).split('=');
    records.set(key, value.join('='));
    at += length;
  }
  return records;
};

type Extra = { name?: string; link?: string; size?: number };

const SPARSE = /^GNU\.sparse/;

const withPax = (extra: Extra, records: Map<string, string>): Extra => {
  if ([...records.keys()].some((key) => SPARSE.test(key)))
    throw new Unscannable('tar.sparse', { what: 'a member with holes' });
  const [name, link, size] = [records.get('path'), records.get('linkpath'), records.get('size')];
  if (size !== undefined && !/^\d{1,15}$/.test(size))
    throw new Unscannable('tar.malformed', { what: 'a size that is no number' });
  return {
    ...extra,
    ...(name !== undefined && { name }),
    ...(link !== undefined && { link }),
    ...(size !== undefined && { size: Number(size) }),
  };
};

const memberOf = (block: Uint8Array, extra: Extra): Member => {
  const size = number(block, 124, 12);
  if (size === undefined || number(block, CHECKSUM.at, CHECKSUM.length) !== sumOf(block))
    throw new Unscannable('tar.malformed', { what: 'a header whose numbers do not fit' });
  const prefix = startsWith(block, ascii('ustar\0'), 257) ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: extra.name ?? (prefix === '' ? name : `${prefix}/${name}`),
    link: extra.link ?? text(block, 157, 100),
    type: String.fromCharCode(block[156] ?? 0),
    size: extra.size ?? size,
  };
};

/** What stands in front of a member and is about it; nothing for a member itself. */
const extraOf = async (
  { source, at, extra }: { source: ByteSource; at: number; extra: Extra },
  { type, size }: Member,
): Promise<Extra | undefined> => {
  if (!['x', 'g', 'L', 'K'].includes(type)) return undefined;
  if (size > LONGEST_EXTRA) throw new Unscannable('tar.malformed', { what: `attributes of ${size} bytes` });
  const bytes = await source.read(at, size);
  if (type === 'L') return { ...extra, name: text(bytes, 0, bytes.length) };
  if (type === 'K') return { ...extra, link: text(bytes, 0, bytes.length) };
  return withPax(extra, paxOf(bytes));
};

/** Behind the end of the archive there are zeros, in whole records of it, and nothing else. */
const checkEnd = async (scan: Scan, { source, member }: Content, end: number): Promise<void> => {
  const rest = await source.read(end, Math.min(source.size - end, 1024 * 1024));
  if (!isZero(rest)) scan.report('tar.trailing-bytes', { what: 'bytes behind the end of the archive', member });
};

/** @param scanContent what is done with the members */
export const scanTar = async (scan: Scan, content: Content, scanContent: ScanContent): Promise<void> => {
  const { source } = content;
  const linked = new Set<string>();
  const names = new Set<string>();
  let extra: Extra = {};
  let count = 0;
  for (let at = 0; at < source.size; ) {
    const block = await source.read(at, BLOCK);
    if (block.length < BLOCK) throw new Unscannable('tar.malformed', { what: 'the archive ends within a header' });
    if (isZero(block)) return checkEnd(scan, content, at);
    const member = memberOf(block, extra);
    const start = at + BLOCK;
    const held = FILES.has(member.type) || !(LINKS.has(member.type) || SPECIAL.has(member.type) || member.type === '5');
    const size = held ? member.size : 0;
    if (start + size > source.size) throw new Unscannable('tar.malformed', { what: 'a member reaches beyond the end' });
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    count += 1;
    if (count > scan.limits.members) throw limit('members', scan.limits);
    const about = await extraOf({ source, at: start, extra }, member);
    if (about !== undefined) {
      extra = about;
      continue;
    }
    extra = {};
    const label = content.member === undefined ? member.name : `${content.member}!${member.name}`;
    checkMember(scan, member, { linked, label });
    if (FILES.has(member.type)) {
      if (names.has(member.name)) scan.report('tar.duplicate-name', { what: 'the name stands twice', member: label });
      names.add(member.name);
      const inner = {
        source: sectionOf(source, start, size),
        name: member.name,
        member: label,
        depth: content.depth + 1,
      };
      await scan.attempt(() => scanContent(scan, inner), label);
    } else if (held)
      scan.report('tar.sparse', { what: `a member of type ${JSON.stringify(member.type)}`, member: label });
  }
  scan.report('tar.malformed', { what: 'the archive has no end', member: content.member });
};
