import { startsWith } from '../bytes.ts';
import { limit } from '../scan.ts';
import { Cursor } from './cursor.ts';
import type { Hdf5File } from './file.ts';
import { malformed, notRead } from './malformed.ts';

/** Types of the messages of an object header. */
export const MESSAGE = {
  nil: 0x00,
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  groupInfo: 0x0a,
  filters: 0x0b,
  attribute: 0x0c,
  comment: 0x0d,
  oldModified: 0x0e,
  sharedTable: 0x0f,
  continuation: 0x10,
  symbolTable: 0x11,
  modified: 0x12,
  ranks: 0x13,
  driver: 0x14,
  attributeInfo: 0x15,
  references: 0x16,
  freeSpace: 0x17,
  cacheImage: 0x18,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(MESSAGE));
/** There may be several of each of these. */
const REPEATED: ReadonlySet<number> = new Set([MESSAGE.nil, MESSAGE.link, MESSAGE.attribute, MESSAGE.continuation]);

export type Message = { readonly type: number; readonly shared: boolean; readonly body: Cursor };

const OHDR = [0x4f, 0x48, 0x44, 0x52];
const SHARED = 0x02;
const PREFIX_1 = 16;
/** Signature, version, flags, four times, two counts, the longest size of the first block. */
const LONGEST_PREFIX_2 = 4 + 1 + 1 + 16 + 4 + 8;
const CHECKSUM = 4;
const CONTINUED = 'a continued object header';

type Version = { readonly number: 1 | 2; readonly ordered: boolean };

const readMessage = (block: Cursor, { number, ordered }: Version): Message => {
  const type = number === 1 ? block.u16() : block.u8();
  const size = block.u16();
  const flags = block.u8();
  if (number === 1) block.skip(3);
  else if (ordered) block.skip(2);
  if (!KNOWN.has(type)) throw notRead(`a message of the unknown type ${type}`, block.start + block.position);
  return { type, shared: (flags & SHARED) !== 0, body: block.part(size, 'a message of an object header') };
};

class HeaderReader {
  readonly messages: Message[] = [];
  readonly #file: Hdf5File;
  readonly #version: Version;

  constructor(file: Hdf5File, version: Version) {
    this.#file = file;
    this.#version = version;
  }

  /** One block of messages and those that continue it. A gap too small for a message may stand at the end. */
  async block(first: Cursor): Promise<void> {
    const smallest = this.#version.number === 1 ? 8 : this.#version.ordered ? 6 : 4;
    const blocks = [first];
    for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
      while (block.left >= smallest) {
        const message = readMessage(block, this.#version);
        this.messages.push(message);
        if (this.messages.length > this.#file.scan.limits.members) throw limit('members', this.#file.scan.limits);
        if (message.type === MESSAGE.continuation) blocks.push(await this.#continued(message.body));
      }
      if (this.#version.number === 1 && block.left > 0) throw block.error('messages that do not fill it');
    }
  }

  async #continued(body: Cursor): Promise<Cursor> {
    const address = body.address();
    const length = body.length();
    const whole = await this.#file.open(address, length, CONTINUED);
    if (this.#version.number === 1) return whole;
    whole.verify();
    if (!startsWith(whole.take(4), [0x4f, 0x43, 0x48, 0x4b])) throw whole.error('no OCHK where one belongs');
    return whole.part(whole.left - CHECKSUM, CONTINUED);
  }
}

const readOld = async (file: Hdf5File, address: number): Promise<readonly Message[]> => {
  const prefix = await file.open(address, PREFIX_1, 'an object header');
  prefix.skip(2);
  const count = prefix.u16();
  prefix.skip(4);
  const size = prefix.u32();
  const reader = new HeaderReader(file, { number: 1, ordered: false });
  if (size > 0) await reader.block(await file.open(address + PREFIX_1, size, 'an object header'));
  if (reader.messages.length !== count) throw prefix.error(`${reader.messages.length} messages where it says ${count}`);
  return reader.messages;
};

const readNew = async (file: Hdf5File, address: number): Promise<readonly Message[]> => {
  const room = Math.min(LONGEST_PREFIX_2, file.superblock.end - address);
  const prefix = await file.peek(address, room, 'an object header');
  prefix.expect('OHDR', 2);
  const flags = prefix.u8();
  if ((flags & 0xc0) !== 0) throw notRead('an object header with unknown flags', prefix.start);
  if ((flags & 0x20) !== 0) prefix.skip(16);
  if ((flags & 0x10) !== 0) prefix.skip(4);
  const size = prefix.uint(2 ** (flags & 3));
  const whole = await file.open(address, prefix.position + size + CHECKSUM, 'an object header');
  whole.verify();
  whole.skip(prefix.position);
  const reader = new HeaderReader(file, { number: 2, ordered: (flags & 0x04) !== 0 });
  await reader.block(whole.part(size, 'an object header'));
  return reader.messages;
};

/** All messages of an object, in the order in which they stand. Readers take the first of a kind: there may be no other. */
const readHeader = async (file: Hdf5File, address: number): Promise<readonly Message[]> => {
  const first = await file.peek(address, 4, 'an object header');
  const isNew = startsWith(first.bytes, OHDR);
  if (!isNew && first.bytes[0] !== 1) throw first.error('no object header');
  const messages = await (isNew ? readNew(file, address) : readOld(file, address));
  const seen = new Set<number>();
  for (const { type, body } of messages) {
    if (!REPEATED.has(type) && seen.has(type)) throw body.error('a second message of its type');
    seen.add(type);
  }
  return messages;
};

const COMMITTED = 2;

/** Where the message stands that a shared one refers to: in the header of a named datatype. */
const targetOf = (body: Cursor): number => {
  const version = body.u8();
  const type = body.u8();
  if (version === 1) body.skip(6);
  else if (version !== 2 && version !== 3) throw body.error(`a shared message of version ${version}`);
  if (version === 3 && type !== COMMITTED) throw notRead('a message in the table of shared messages', body.start);
  const address = body.address();
  if (address === undefined) throw body.error('a shared message that is nowhere');
  return address;
};

const isNamedDatatype = (messages: readonly Message[]): boolean =>
  messages.some(({ type }) => type === MESSAGE.datatype) && !messages.some(({ type }) => type === MESSAGE.layout);

/** Reads named datatypes for those who refer to them; each header is read once. */
export class SharedDatatypes {
  readonly #file: Hdf5File;
  readonly #headers = new Map<number, readonly Message[]>();

  constructor(file: Hdf5File) {
    this.#file = file;
  }

  async header(address: number): Promise<readonly Message[]> {
    const known = this.#headers.get(address);
    if (known !== undefined) return known;
    const messages = await readHeader(this.#file, address);
    if (isNamedDatatype(messages)) this.#headers.set(address, messages);
    return messages;
  }

  /** The body of a datatype, here or where a shared one says. */
  async resolve(body: Cursor, shared: boolean): Promise<Cursor> {
    if (!shared) return body;
    const found = (await this.header(targetOf(body))).find(({ type }) => type === MESSAGE.datatype);
    if (found === undefined || found.shared) throw malformed('a shared message that refers to none', body.start);
    const { bytes, start, sizes } = found.body;
    return new Cursor(bytes, { start, sizes, what: 'a named datatype' });
  }
}
