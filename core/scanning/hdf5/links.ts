import { limit } from '../scan.ts';
import { groupEntries } from './btree1.ts';
import { treeRecords } from './btree2.ts';
import { type Cursor, textOf } from './cursor.ts';
import type { Hdf5File } from './file.ts';
import { FractalHeap } from './fractal-heap.ts';
import { LocalHeap } from './heaps.ts';
import { MESSAGE, type Message } from './object-header.ts';

/** Where a table of names says that the parts of an old group are; its own header says it too. */
export type Cached = { readonly tree: number | undefined; readonly heap: number | undefined };

/** The header of an object, and what the name that leads there says about it. */
export type Target = { readonly address: number | undefined; readonly cached?: Cached | undefined };

/** What a name in a group stands for. */
export type Link =
  | ({ readonly kind: 'hard'; readonly name: string } & Target)
  /** A path in the same file. */
  | { readonly kind: 'soft'; readonly name: string }
  | { readonly kind: 'external'; readonly name: string; readonly file: string }
  | { readonly kind: 'user'; readonly name: string; readonly type: number };

const TYPE = { hard: 0, soft: 1, external: 64 } as const;
const LONGEST = 65_535;

const externalFile = (body: Cursor): string => {
  const value = body.part(body.u16(), 'an external link');
  if (value.u8() !== 0) throw value.error('an unknown version');
  return textOf(value.untilZero(LONGEST));
};

/** The link message. */
const readLink = (body: Cursor): Link => {
  const version = body.u8();
  const flags = body.u8();
  if (version !== 1 || flags > 31) throw body.error(`a link of version ${version}`);
  const type = (flags & 8) === 0 ? TYPE.hard : body.u8();
  if ((flags & 4) !== 0) body.skip(8);
  if ((flags & 16) !== 0) body.skip(1);
  const name = textOf(body.take(body.uint(2 ** (flags & 3))));
  if (type === TYPE.hard) return { kind: 'hard', name, address: body.address() };
  if (type === TYPE.external) return { kind: 'external', name, file: externalFile(body) };
  body.skip(body.u16());
  return type === TYPE.soft ? { kind: 'soft', name } : { kind: 'user', name, type };
};

const CACHED = { nothing: 0, group: 1, soft: 2 } as const;
const SCRATCH = 16;

/** The end of an entry of a symbol table. */
export const readCached = (entry: Cursor): { readonly soft: boolean; readonly cached: Cached | undefined } => {
  const type = entry.u32();
  entry.skip(4);
  const scratch = entry.part(SCRATCH, 'an entry of a group');
  if (type > CACHED.soft) throw entry.error(`an entry of the type ${type}`);
  const cached = type === CACHED.group ? { tree: scratch.address(), heap: scratch.address() } : undefined;
  return { soft: type === CACHED.soft, cached };
};

/** An old group: a B-tree of nodes whose names are in a heap. */
async function* oldLinks(file: Hdf5File, body: Cursor): AsyncGenerator<Link> {
  const tree = body.address();
  const heap = await LocalHeap.open(file, body.address());
  const { leaf } = file.superblock.ranks;
  const entrySize = 24 + 2 * file.sizes.offset;
  for await (const { child } of groupEntries(file, tree)) {
    const node = await file.open(child, 8 + 2 * leaf * entrySize, 'a node of a group');
    node.expect('SNOD', 1);
    node.skip(1);
    const count = node.u16();
    if (count > 2 * leaf) throw node.error(`${count} entries`);
    for (let i = 0; i < count; i += 1) {
      const name = heap.text(node.uint(file.sizes.offset));
      const address = node.address();
      const { soft, cached } = readCached(node);
      yield soft ? { kind: 'soft', name } : { kind: 'hard', name, address, cached };
    }
  }
}

/** Where a new group or an object keeps many links or attributes: a heap, and one or two indexes of it. */
export type Dense = { readonly heap: number | undefined; readonly indexes: readonly (number | undefined)[] };

/** The link info or attribute info message. @param orderSize of the largest creation order */
export const readDense = (body: Cursor, orderSize: number): Dense => {
  const version = body.u8();
  const flags = body.u8();
  if (version !== 0) throw body.error(`version ${version}`);
  if ((flags & 1) !== 0) body.skip(orderSize);
  const heap = body.address();
  return { heap, indexes: [body.address(), ...((flags & 2) !== 0 ? [body.address()] : [])] };
};

/** Types of the records that name links by name and by order, and attributes likewise. */
const LINK_RECORDS = [5, 6] as const;
export const ATTRIBUTE_RECORDS = [8, 9] as const;
const ID_AT: Readonly<Record<number, readonly [at: number, length: number]>> = {
  5: [4, 7],
  6: [8, 7],
  8: [0, 8],
  9: [0, 8],
};

/** Every object of the heap that some index names, once. */
export async function* denseObjects(file: Hdf5File, dense: Dense, types: readonly number[]): AsyncGenerator<Cursor> {
  if (dense.heap === undefined) return;
  const heap = await FractalHeap.open(file, dense.heap);
  const seen = new Set<string>();
  for (const index of dense.indexes) {
    if (index === undefined) continue;
    for await (const { type, record } of treeRecords(file, index, types)) {
      const [at, length] = ID_AT[type] ?? [0, 0];
      const id = record.within(at, length, 'the id of an object of a heap');
      const key = id.bytes.join();
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > file.scan.limits.members) throw limit('members', file.scan.limits);
      yield heap.object(id);
    }
  }
  heap.checkClaims();
}

const LINK_ORDER = 8;

/** What its own header says about the parts of an old group. */
export const tableOf = (messages: readonly Message[]): Cached | undefined => {
  const body = messages.find(({ type }) => type === MESSAGE.symbolTable)?.body;
  if (body === undefined) return undefined;
  const again = body.within(0, body.bytes.length, 'a symbol table');
  return { tree: again.address(), heap: again.address() };
};

/** The links of a group, wherever they are stored. */
export async function* linksOf(file: Hdf5File, messages: readonly Message[]): AsyncGenerator<Link> {
  for (const { type, body } of messages) {
    if (type === MESSAGE.symbolTable) yield* oldLinks(file, body);
    else if (type === MESSAGE.link) yield readLink(body);
    else if (type === MESSAGE.linkInfo)
      for await (const object of denseObjects(file, readDense(body, LINK_ORDER), LINK_RECORDS)) yield readLink(object);
  }
}
