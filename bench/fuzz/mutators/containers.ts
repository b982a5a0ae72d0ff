import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { anyBytes } from './any-bytes.ts';
import type { Mutator } from './mutator.ts';

const MAX = 1024 * 1024;

/** Changes what is in a gzip stream, and packs it again. */
export const changeGzip =
  (inner: Mutator): Mutator =>
  (bytes, random, other) => {
    try {
      return new Uint8Array(
        gzipSync(inner(new Uint8Array(gunzipSync(bytes, { maxOutputLength: MAX })), random, other), { level: 1 }),
      );
    } catch {
      return random.pick(anyBytes)(bytes, random, other);
    }
  };

const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;

type Stored = { readonly headerAt: number; readonly dataAt: number; readonly size: number; readonly entryAt: number };

/** The members of an archive that are not packed. */
const storedMembers = (bytes: Buffer): Stored[] => {
  const found: Stored[] = [];
  for (let at = 0; at + 46 < bytes.length; at += 1) {
    if (bytes.readUInt32LE(at) !== ENTRY) continue;
    const [method, size, headerAt] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ];
    if (method !== 0 || headerAt + 30 > bytes.length || bytes.readUInt32LE(headerAt) !== LOCAL) continue;
    const dataAt = headerAt + 30 + bytes.readUInt16LE(headerAt + 26) + bytes.readUInt16LE(headerAt + 28);
    if (dataAt + size <= bytes.length && size > 0) found.push({ headerAt, dataAt, size, entryAt: at });
  }
  return found;
};

/** Changes what is in one member in place, and makes its checksums right: what reads the member sees it. */
export const changeMember =
  (inner: Mutator): Mutator =>
  (bytes, random, other) => {
    const archive = Buffer.from(bytes);
    const members = storedMembers(archive);
    const member = members[random.below(members.length)];
    if (member === undefined) return random.pick(anyBytes)(bytes, random, other);
    const { headerAt, dataAt, size, entryAt } = member;
    const changed = inner(bytes.subarray(dataAt, dataAt + size), random, other).subarray(0, size);
    archive.set(changed, dataAt);
    const sum = crc32(archive.subarray(dataAt, dataAt + size));
    archive.writeUInt32LE(sum, headerAt + 14);
    archive.writeUInt32LE(sum, entryAt + 16);
    return new Uint8Array(archive);
  };

/** A field of a header in front of a member, or of the directory, set to something else. */
export const changeZipHeader: Mutator = (bytes, random) => {
  const archive = Buffer.from(bytes);
  const members = storedMembers(archive);
  const member = members[random.below(members.length)];
  if (member === undefined) return random.pick(anyBytes)(bytes, random, bytes);
  const [at, length] = random.chance(0.5) ? [member.headerAt, 30] : [member.entryAt, 46];
  archive[at + random.below(length)] = random.pick([0, 1, 8, 127, 128, 255, random.below(256)]);
  return new Uint8Array(archive);
};

/** A member of a tar archive, changed, with the sum over its header right again. */
export const changeTar: Mutator = (bytes, random, other) => {
  const archive = Buffer.from(random.pick(anyBytes)(bytes, random, other));
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    if (archive.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    archive.fill(0x20, at + 148, at + 156);
    const sum = archive.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  }
  return new Uint8Array(archive);
};
