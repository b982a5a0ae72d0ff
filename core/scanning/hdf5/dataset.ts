import { checkChunks, chunkSize, readableChunks } from './chunks.ts';
import { Cursor, textOf } from './cursor.ts';
import { readDataspace } from './dataspace.ts';
import { CLASS, contains, type Datatype, readDatatype } from './datatype.ts';
import type { Hdf5File } from './file.ts';
import { checkFilters, type Filter, readFilters, unfiltered } from './filters.ts';
import { type GlobalHeaps, LocalHeap } from './heaps.ts';
import { type Layout, readLayout } from './layout.ts';
import { malformed, notRead } from './malformed.ts';
import { MESSAGE, type Message, type SharedDatatypes } from './object-header.ts';
import { reportOutside } from './outside.ts';
import type { Values } from './values.ts';

type Dataset = {
  readonly path: string;
  readonly type: Datatype;
  readonly count: number;
  readonly layout: Layout;
  readonly filters: readonly Filter[];
};

export type Tools = {
  readonly file: Hdf5File;
  readonly heaps: GlobalHeaps;
  readonly shared: SharedDatatypes;
  readonly values: Values;
};

const find = (messages: readonly Message[], type: number): Message | undefined =>
  messages.find((message) => message.type === type);

const bodyOf = (messages: readonly Message[], type: number, what: string, path: string): Message => {
  const message = find(messages, type);
  if (message === undefined) throw malformed(`${path} has no ${what}`);
  return message;
};

const plain = (message: Message): Cursor => {
  if (message.shared) throw notRead('a shared message that is no datatype', message.body.start);
  return message.body;
};

const readDataset = async ({ shared }: Tools, messages: readonly Message[], path: string): Promise<Dataset> => {
  const type = bodyOf(messages, MESSAGE.datatype, 'datatype', path);
  const filters = find(messages, MESSAGE.filters);
  return {
    path,
    type: readDatatype(await shared.resolve(type.body, type.shared)),
    count: readDataspace(plain(bodyOf(messages, MESSAGE.dataspace, 'shape', path))).count,
    layout: readLayout(plain(bodyOf(messages, MESSAGE.layout, 'layout', path))),
    filters: filters === undefined ? [] : readFilters(plain(filters)),
  };
};

/** The message that says in which other files the values are. */
const reportExternalFiles = async ({ file }: Tools, body: Cursor, path: string): Promise<void> => {
  if (body.u8() !== 1) throw body.error('an unknown version');
  body.skip(5);
  const used = body.u16();
  const names = await LocalHeap.open(file, body.address());
  for (let i = 0; i < used; i += 1) {
    reportOutside(file, names.text(body.length()), `${path}`);
    body.skip(2 * file.sizes.length);
  }
  if (used === 0) file.report('hdf5.external-file', `${path} is in other files`);
};

const SAME_FILE = '.';
const LONGEST_NAME = 65_535;

/** The values of a virtual dataset are those of others, by default in other files. */
const reportVirtual = async ({ file, heaps }: Tools, path: string, at: { heap: number | undefined; index: number }) => {
  file.report('hdf5.external-file', `${path} is put together from other datasets`);
  if (at.heap === undefined) return;
  const bytes = await heaps.object(at.heap, at.index);
  const block = new Cursor(bytes, {
    start: file.superblock.base + at.heap,
    sizes: file.sizes,
    what: 'a virtual dataset',
  });
  const version = block.u8();
  if (version !== 0) throw notRead(`a virtual dataset of version ${version}`, block.start);
  const count = block.length();
  if (count === 0) return;
  const source = textOf(block.untilZero(LONGEST_NAME));
  if (source !== SAME_FILE) reportOutside(file, source, path);
};

/** More than deflate can make of a file: reading it takes memory that the file never paid for. */
const LARGEST_EXPANSION = 1100;
const UNSUSPICIOUS = 64 * 1024 * 1024;

const checkSize = ({ file }: Tools, { path, type, count, layout }: Dataset): void => {
  const size = count * type.size;
  if (size > UNSUSPICIOUS && size > LARGEST_EXPANSION * file.superblock.end)
    file.report('hdf5.expansion', `${path} has ${size} bytes of values`);
  if (layout.kind === 'compact' && layout.bytes !== size) throw malformed(`${path} is not as large as its shape`);
  if (
    layout.kind === 'contiguous' &&
    layout.bytes !== undefined &&
    layout.address !== undefined &&
    layout.bytes !== size
  )
    throw malformed(`${path} is not as large as its shape`);
  if (layout.kind === 'chunked' && layout.elementSize !== type.size)
    throw malformed(`the chunks of ${path} are not of its type`);
};

/** PyTables unpickles each row of such a dataset, which has one dimension. */
const scanRows = async ({ file, values }: Tools, { path, type, count, layout, filters }: Dataset): Promise<void> => {
  if (layout.kind !== 'chunked' || type.class !== CLASS.variable || layout.dimensions.length !== 1)
    throw notRead(`${path} holds objects in a strange way`);
  if (layout.address === undefined) return;
  const size = chunkSize(layout);
  for await (const { address, bytes, mask, offsets } of readableChunks(file, layout)) {
    const packed = await file.peek(address, bytes, 'a chunk');
    const plain = unfiltered(file, { bytes: packed.bytes, mask, size }, filters);
    const rows = new Cursor(plain, { start: packed.start, sizes: file.sizes, what: 'a chunk of objects' });
    for (let row = offsets[0] ?? 0; row < count && rows.left >= layout.elementSize; row += 1)
      await values.row(rows, path);
  }
};

/** @param objects whether its rows are pickles */
export const scanDataset = async (
  tools: Tools,
  messages: readonly Message[],
  { path, objects }: { path: string; objects: boolean },
): Promise<void> => {
  const { file } = tools;
  const dataset = await readDataset(tools, messages, path);
  const { layout, type, count, filters } = dataset;
  checkFilters(file, filters, path);
  const external = find(messages, MESSAGE.externalFiles);
  if (external !== undefined) {
    await reportExternalFiles(tools, plain(external), path);
    return;
  }
  checkSize(tools, dataset);
  if (contains(type, CLASS.reference)) throw notRead(`${path} refers to objects by their address`);
  if (layout.kind === 'virtual') await reportVirtual(tools, path, layout);
  else if (objects) await scanRows(tools, dataset);
  else if (layout.kind === 'chunked') await checkChunks(file, layout, count);
  else if (layout.kind === 'contiguous' && layout.address !== undefined)
    file.claim(layout.address, layout.bytes ?? count * type.size, path);
};
