import type { Content } from '../content.ts';
import { limit, type Scan, Unscannable } from '../scan.ts';
import { type Attribute, attributesOf } from './attributes.ts';
import { scanDataset, type Tools } from './dataset.ts';
import { CLASS } from './datatype.ts';
import { Hdf5File } from './file.ts';
import { GlobalHeaps } from './heaps.ts';
import { type Cached, type Link, linksOf, type Target, tableOf } from './links.ts';
import { malformed, notRead } from './malformed.ts';
import { MESSAGE, type Message, SharedDatatypes } from './object-header.ts';
import { reportOutside } from './outside.ts';
import { paged } from './pages.ts';
import { readSuperblock, type Start } from './superblock.ts';
import { Values } from './values.ts';

const DEEPEST = 200;
const LONGEST_MARK = 64;

const has = (messages: readonly Message[], type: number): boolean => messages.some((message) => message.type === type);

/** PyTables marks datasets whose rows it pickles with this attribute. */
const marksObjects = ({ name, type, count, data }: Attribute): boolean => {
  if (name !== 'PSEUDOATOM') return false;
  if (type.class !== CLASS.string) return true;
  const value = String.fromCharCode(...data.bytes.subarray(0, Math.min(count * type.size, LONGEST_MARK)));
  return !/^(?:vlstring|vlunicode)\0*$/.test(value);
};

/** An object on the way or done with, and where its parts are if it is an old group. */
type Visit = { table: Cached | undefined; open: boolean };

/** Walks every object that has a name, in a tree: each header, link and attribute, none of the numbers. */
class Hdf5Walk {
  readonly #tools: Tools;
  readonly #visited = new Map<number, Visit>();

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  async object({ address, cached }: Target, path: string, depth: number): Promise<void> {
    if (address === undefined) throw malformed(`${path} is nowhere`);
    const before = this.#visited.get(address);
    const visit = before ?? { table: undefined, open: true };
    if (before === undefined) await this.#visit(address, visit, { path, depth });
    else if (before.open) throw malformed(`${path} contains itself`, this.#tools.file.superblock.base + address);
    const { table } = visit;
    // A group that became a new one keeps its old entry, which nobody reads then.
    if (cached === undefined || table === undefined) return;
    if (cached.tree !== table.tree || cached.heap !== table.heap)
      throw malformed(`${path} is not where its entry says`);
  }

  async #visit(address: number, visit: Visit, { path, depth }: { path: string; depth: number }): Promise<void> {
    const { file, shared } = this.#tools;
    if (depth > DEEPEST) throw notRead(`${path} is nested too deep`);
    this.#visited.set(address, visit);
    if (this.#visited.size > file.scan.limits.members) throw limit('members', file.scan.limits);
    const messages = await shared.header(address);
    visit.table = tableOf(messages);
    await this.#content(messages, path, depth);
    visit.open = false;
  }

  async #content(messages: readonly Message[], path: string, depth: number): Promise<void> {
    const isGroup = has(messages, MESSAGE.symbolTable) || has(messages, MESSAGE.linkInfo);
    const isDataset = has(messages, MESSAGE.layout);
    if ((isGroup && isDataset) || (has(messages, MESSAGE.symbolTable) && has(messages, MESSAGE.linkInfo)))
      throw malformed(`${path} is of two kinds`);
    if (!isGroup && !isDataset && !has(messages, MESSAGE.datatype)) throw malformed(`${path} is of no kind`);
    const objects = (await this.#unlessNotRead(() => this.#attributes(messages, path))) ?? true;
    if (isDataset) await this.#unlessNotRead(() => scanDataset(this.#tools, messages, { path, objects }));
    else if (isGroup) await this.#group(messages, path, depth);
  }

  /** What is not understood is reported, and does not hide what comes behind it. */
  async #unlessNotRead<Result>(part: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await part();
    } catch (cause) {
      if (!(cause instanceof Unscannable) || cause.rule !== 'hdf5.not-read') throw cause;
      this.#tools.file.report(cause.rule, cause.observation.what, cause.observation.offset);
      return undefined;
    }
  }

  /** @returns whether the object is a dataset of pickles */
  async #attributes(messages: readonly Message[], path: string): Promise<boolean> {
    const { file, shared, values } = this.#tools;
    const names = new Set<string>();
    let objects = false;
    for await (const attribute of attributesOf(file, messages, shared)) {
      const { name } = attribute;
      if (names.has(name)) throw malformed(`${path} has two attributes ${name}`);
      names.add(name);
      objects ||= marksObjects(attribute);
      await values.attribute(attribute, path);
    }
    return objects;
  }

  async #group(messages: readonly Message[], path: string, depth: number): Promise<void> {
    const names = new Set<string>();
    for await (const link of linksOf(this.#tools.file, messages)) {
      if (names.has(link.name)) throw malformed(`${path} has two members ${link.name}`);
      names.add(link.name);
      await this.#link(link, path === '/' ? `/${link.name}` : `${path}/${link.name}`, depth);
    }
  }

  async #link(link: Link, path: string, depth: number): Promise<void> {
    const { file } = this.#tools;
    if (link.kind === 'hard') await this.object(link, path, depth + 1);
    else if (link.kind === 'external') reportOutside(file, link.file, path);
    else if (link.kind === 'user') file.report('hdf5.user-link', `${path} is a link of the type ${link.type}`);
  }
}

/** Messages of the extension of the superblock that say nothing about where objects are. */
const HARMLESS: ReadonlySet<number> = new Set([MESSAGE.nil, MESSAGE.continuation, MESSAGE.freeSpace]);

const readExtension = async (file: Hdf5File, start: Start, shared: SharedDatatypes): Promise<void> => {
  if (start.extension === undefined) return;
  for (const { type, body } of await shared.header(start.extension)) {
    if (type === MESSAGE.driver) file.report('hdf5.external-file', 'the file is one of several');
    else if (!HARMLESS.has(type)) throw notRead(`an extension of the type ${type}`, body.start);
  }
};

/** What stands in front of the superblock and behind the end, which belongs to nobody. */
const reportAround = (file: Hdf5File, size: number): void => {
  const { base, end } = file.superblock;
  if (base > 0) file.report('hdf5.outside-bytes', `${base} bytes in front of the superblock`);
  if (base + end > size) throw malformed(`the file ends ${base + end - size} bytes too early`);
  if (base + end < size) file.report('hdf5.outside-bytes', `${size - base - end} bytes behind the end`, base + end);
};

/**
 * Reads the structure of an HDF5 file and none of its numbers.
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 * @param at where its superblock is
 */
export const scanHdf5 = async (scan: Scan, { source, member }: Content, at = 0): Promise<void> => {
  const pages = paged(source);
  const superblock = await readSuperblock(pages, at);
  const file = new Hdf5File(scan, { source: pages, member, superblock });
  reportAround(file, source.size);
  file.claim(0, superblock.length, 'the superblock');
  if (superblock.driver !== undefined) file.report('hdf5.external-file', 'the file is one of several');
  const heaps = new GlobalHeaps(file);
  const shared = new SharedDatatypes(file);
  const tools = { file, heaps, shared, values: new Values(file, heaps) };
  await readExtension(file, superblock, shared);
  await new Hdf5Walk(tools).object({ address: superblock.root, cached: superblock.cached }, '/', 0);
  file.checkClaims();
};
