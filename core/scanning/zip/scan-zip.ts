import { crc32, inflateRawSync } from 'node:zlib';
import { type ByteSource, bufferSource, sectionOf } from '../byte-source.ts';
import { streamOf } from '../byte-stream.ts';
import type { Content, ScanContent } from '../content.ts';
import { isNpy } from '../formats/npy.ts';
import { reportPolyglot } from '../formats/pickle-file.ts';
import { mayBegin } from '../pickle/scan-pickle.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';
import { checkCoverage, checkFlags, checkNames } from './check-members.ts';
import { type Member, readDirectory } from './directory.ts';
import type { EndRecord } from './end-record.ts';
import { type Located, locate } from './local-header.ts';

const STORED = 0;
const DEFLATED = 8;
/** Members up to this size are read as a whole and compared with their checksum. */
const WHOLE = 4 * 1024 * 1024;
/** An expansion that no model needs; arrays of zeros do pack like that. */
const BOMB_SIZE = 8 * 1024 * 1024;
const BOMB_RATIO = 500;

const inflate = (scan: Scan, packed: Uint8Array, member: Member): Uint8Array => {
  const { limits } = scan;
  if (member.size > limits.heldBytes) throw limit('heldBytes', limits);
  try {
    const content = inflateRawSync(packed, { maxOutputLength: Math.max(1, member.size) });
    scan.countDecompressed(content.length);
    return content;
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    const beyond = cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw new Unscannable(beyond ? 'zip.bomb' : 'compressed.damaged', {
      what: beyond ? 'the member is longer than it says' : 'the packed data are damaged',
    });
  }
};

const checkContent = (scan: Scan, content: Uint8Array, member: Member, label: string): void => {
  if (content.length !== member.size)
    scan.report('zip.malformed', { what: 'the member is not as long as it says', member: label });
  if (crc32(content) !== member.crc) scan.report('zip.crc', { what: 'wrong checksum', member: label });
  const ratio = content.length / Math.max(1, member.packedSize);
  if (content.length > BOMB_SIZE && ratio > BOMB_RATIO && !isNpy(content))
    scan.report('zip.bomb', { what: `expands ${Math.round(ratio)} times`, member: label });
};

/** The unpacked member: from memory if it was packed or is small, else by ranges. */
const open = async (scan: Scan, source: ByteSource, located: Located, label: string): Promise<ByteSource> => {
  const { member, dataAt } = located;
  const section = sectionOf(source, dataAt, member.packedSize);
  if (member.method !== STORED && member.method !== DEFLATED)
    throw new Unscannable('zip.method', { what: `packing method ${member.method}` });
  if (member.method === STORED && member.packedSize > WHOLE) {
    if (member.crc === 0) scan.report('zip.crc', { what: 'no checksum', member: label });
    return section;
  }
  if (member.packedSize > scan.limits.heldBytes) throw limit('heldBytes', scan.limits);
  const inHead = located.head.length >= member.packedSize;
  const packed = inHead ? located.head.subarray(0, member.packedSize) : await section.read(0, member.packedSize);
  const content = member.method === STORED ? packed : inflate(scan, packed, member);
  checkContent(scan, content, member, label);
  return bufferSource(content);
};

type Archive = {
  readonly format: string;
  readonly isStorage: (name: string) => boolean;
  /** The archive holds code for the TorchScript interpreter. */
  readonly hasScript: boolean;
  /** What members must turn out to be, since the loader takes them for that. */
  readonly expected: ReadonlyMap<string, string>;
};

/** Archives that are told by members of fixed names. */
const KINDS: readonly ({ readonly marks: readonly string[] } & Partial<Archive> & Pick<Archive, 'format'>)[] = [
  { format: 'keras', marks: ['config.json', 'metadata.json'], expected: new Map([['config.json', 'keras-config']]) },
  // Bytes that the graph of the model keeps as a value.
  { format: 'skops', marks: ['schema.json'], isStorage: (name) => /^[0-9a-f-]{36}\.bin$/.test(name) },
  { format: 'torch-model-archive', marks: ['MAR-INF/MANIFEST.json'] },
];

const SCRIPT_CODE = /(?:^|\/)code\/.*\.py$/;
const isScript = (members: readonly Member[]): boolean =>
  members.some(({ name }) => /(?:^|\/)(?:code\/|constants\.pkl$)/.test(name));

const TORCH_PICKLE = /(?:^|\/)data\.pkl$/;

/** What the members say the archive is. Storages are raw numbers that torch maps into tensors and never unpickles. */
const archiveOf = (members: readonly Member[]): Archive => {
  const pickle = members.find(({ name }) => TORCH_PICKLE.test(name));
  if (pickle !== undefined) {
    const root = pickle.name.slice(0, -'data.pkl'.length);
    const folders = [`${root}data/`, `${root}constants/`];
    const isStorage = (name: string) => folders.some((folder) => name.startsWith(folder)) && /\/[0-9]+$/.test(name);
    return { format: 'torch-zip', isStorage, hasScript: isScript(members), expected: new Map() };
  }
  const names = new Set(members.map(({ name }) => name));
  const kind = KINDS.find(({ marks }) => marks.every((mark) => names.has(mark)));
  const plain = { isStorage: () => false, hasScript: false, expected: new Map() };
  if (kind !== undefined) return { ...plain, ...kind };
  const arrays = members.length > 0 && members.every(({ name }) => name.endsWith('.npy'));
  return { ...plain, format: arrays ? 'npz' : 'zip' };
};

const checkStorageSum = (scan: Scan, { member, head }: Located, label: string): void => {
  if (member.crc === 0 && member.size > 0 && head.some((byte) => byte !== 0))
    scan.report('zip.crc', { what: 'no checksum', member: label });
};

/** A look at the first bytes is enough to see that an unpickler would give up there. */
const scanStorage = async (scan: Scan, source: ByteSource, located: Located, label: string): Promise<void> => {
  const { member, dataAt, head } = located;
  if (member.method !== STORED) {
    await reportPolyglot(scan, streamOf(await open(scan, source, located, label)), { member: label });
    return;
  }
  checkStorageSum(scan, located, label);
  // A model has thousands of them.
  if (head.length > 0 && !mayBegin(head[0] ?? 0)) return;
  const section = sectionOf(source, dataAt, member.packedSize);
  const cached: ByteSource = {
    size: section.size,
    read: async (offset, length) => (offset === 0 ? head : section.read(offset, length)),
  };
  await reportPolyglot(scan, streamOf(cached), { member: label });
};

/** The code, read as a whole; then the pickles, which may name what the code defines. */
const scanScript = async (walk: Walk, located: readonly Located[], scanMembers: () => Promise<void>): Promise<void> => {
  const { scan, content } = walk;
  const { checkScript, wholeText, withScriptNames } = await import('../torchscript/check-script.ts');
  const code = located.filter(({ member }) => SCRIPT_CODE.test(member.name));
  const at = { member: content.member };
  if (located.some(({ member }) => /(?:^|\/)bytecode\.pkl$/.test(member.name)))
    scan.report('torch.script', { what: 'contains bytecode', ...at });
  await scan.attempt(async () => {
    const sources: string[] = [];
    for (const each of code)
      sources.push(await wholeText(scan, await open(scan, content.source, each, each.member.name)));
    checkScript(scan, sources, content.member);
  }, content.member);
  await withScriptNames(scan, scanMembers);
};

const LOCATED_TOGETHER = 32;

/** Headers are read several at a time: over a network each read is a round trip. */
const locateAll = async (
  scan: Scan,
  source: ByteSource,
  members: readonly Member[],
  within: (name: string) => string,
): Promise<Located[]> => {
  const located: Located[] = [];
  for (let i = 0; i < members.length; i += LOCATED_TOGETHER) {
    const batch = members.slice(i, i + LOCATED_TOGETHER);
    const found = await Promise.all(batch.map((member) => locate(scan, source, member, within(member.name))));
    located.push(...found.filter((each) => each !== undefined));
  }
  return located;
};

type Walk = {
  readonly scan: Scan;
  readonly content: Content;
  readonly archive: Archive;
  readonly scanContent: ScanContent;
};

const scanMember = async (walk: Walk, located: Located, label: string): Promise<void> => {
  const { scan, content, archive } = walk;
  const { member } = located;
  if (member.name.endsWith('/') && member.size === 0) return;
  if (archive.hasScript && SCRIPT_CODE.test(member.name)) return;
  if (archive.isStorage(member.name)) return scanStorage(scan, content.source, located, label);
  const source = await open(scan, content.source, located, label);
  const inner = { source, name: member.name, member: label, depth: content.depth + 1 };
  const format = await walk.scanContent(scan, inner);
  const expected = archive.expected.get(member.name);
  if (expected !== undefined && format !== expected)
    scan.report('zip.unexpected', { what: `${format} where ${expected} belongs`, member: label });
};

/** @param scanContent what is done with the members */
export const scanZip = async (
  scan: Scan,
  content: Content,
  end: EndRecord,
  scanContent: ScanContent,
): Promise<string> => {
  const within = (name: string) => (content.member === undefined ? name : `${content.member}!${name}`);
  const directory = await readDirectory(scan, content.source, end);
  const { members } = directory;
  const at = { member: content.member };
  if (directory.prefix > 0)
    scan.report('zip.outside-bytes', { what: `${directory.prefix} bytes in front of the archive`, ...at });
  if (end.trailing > 0) scan.report('zip.outside-bytes', { what: `${end.trailing} bytes after the archive`, ...at });
  checkNames(scan, members, within);
  for (const member of members) checkFlags(scan, member, within);
  const located = await locateAll(scan, content.source, members, within);
  checkCoverage(scan, located, directory);
  const archive = archiveOf(members);
  const walk = { scan, content, archive, scanContent };
  const scanAll = async (): Promise<void> => {
    for (const each of located) {
      const label = within(each.member.name);
      await scan.attempt(() => scanMember(walk, each, label), label);
    }
  };
  if (archive.hasScript) await scanScript(walk, located, scanAll);
  else await scanAll();
  return archive.format;
};
