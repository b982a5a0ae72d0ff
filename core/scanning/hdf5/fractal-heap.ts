import { bytesFor, treeRecords } from './btree2.ts';
import { Claims } from './claims.ts';
import type { Cursor } from './cursor.ts';
import type { Hdf5File } from './file.ts';
import { malformed, notRead } from './malformed.ts';

const CHECKED = 2;
const CHECKSUM = 4;
const KIND = { managed: 0, huge: 1, tiny: 2 } as const;
const HUGE_RECORD = 1;
/** Rows of a doubling table: each is twice as large as the one before. */
const MOST_ROWS = 64;

type Table = {
  readonly width: number;
  readonly firstSize: number;
  readonly largestDirect: number;
  readonly offsetSize: number;
};

type Header = Table & {
  readonly address: number;
  readonly checked: boolean;
  readonly lengthSize: number;
  readonly hugeTree: number | undefined;
};

const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

const rowSize = ({ firstSize }: Table, row: number): number => firstSize * 2 ** Math.max(0, row - 1);

const readHeader = async (
  file: Hdf5File,
  address: number,
): Promise<Header & { root: number | undefined; rows: number }> => {
  const { offset, length } = file.sizes;
  const size = 26 + 3 * offset + 12 * length;
  const header = await file.open(address, size, 'a fractal heap');
  header.verify();
  header.expect('FRHP', 0);
  header.skip(2);
  if (header.u16() !== 0) throw notRead('a heap whose blocks are packed', header.start);
  const flags = header.u8();
  const largestObject = header.u32();
  header.skip(length);
  const hugeTree = header.address();
  header.skip(length + offset + 8 * length);
  const width = header.u16();
  const firstSize = header.length();
  const largestDirect = header.length();
  const bits = header.u16();
  header.skip(2);
  const root = header.address();
  const rows = header.u16();
  if (!isPower(width) || !isPower(firstSize) || !isPower(largestDirect) || bits === 0 || bits > 64 || rows > MOST_ROWS)
    throw header.error('a table that cannot be');
  if (largestDirect < firstSize) throw header.error('a table that cannot be');
  const lengthSize = Math.min(bytesFor(largestDirect), bytesFor(largestObject));
  const offsetSize = Math.ceil(bits / 8);
  const checked = (flags & CHECKED) !== 0;
  return { address, width, firstSize, largestDirect, offsetSize, lengthSize, hugeTree, checked, root, rows };
};

type Block = { readonly start: number; readonly size: number; readonly bytes: Cursor };

/** Objects of one group or of the attributes of one object: links, or attributes. */
export class FractalHeap {
  readonly #file: Hdf5File;
  readonly #header: Header;
  readonly #blocks: Block[] = [];
  readonly #huge = new Map<number, { address: number | undefined; size: number }>();
  /** Which of its own addresses belong to which object. */
  #claims = new Claims(0);

  private constructor(file: Hdf5File, header: Header) {
    this.#file = file;
    this.#header = header;
  }

  static async open(file: Hdf5File, address: number): Promise<FractalHeap> {
    const header = await readHeader(file, address);
    const heap = new FractalHeap(file, header);
    if (header.root !== undefined) {
      if (header.rows === 0) await heap.#direct(header.root, 0, header.firstSize);
      else await heap.#indirect(header.root, { start: 0, rows: header.rows, depth: 0 });
    }
    heap.#claims = new Claims(heap.#blocks.reduce((sum, { size }) => sum + size, 0));
    if (header.hugeTree !== undefined) await heap.#readHuge(header.hugeTree);
    return heap;
  }

  async #direct(address: number | undefined, start: number, size: number): Promise<void> {
    const block = await this.#file.open(address, size, 'a block of a fractal heap');
    this.#expect(block, 'FHDB', start);
    if (this.#header.checked) block.verifyAt(block.position);
    this.#blocks.push({ start, size, bytes: block });
  }

  #expect(block: Cursor, signature: string, start: number): void {
    block.expect(signature, 0);
    if (block.address() !== this.#header.address) throw block.error('a block of another heap');
    if (block.uint(this.#header.offsetSize) !== start) throw block.error('a block in the wrong place');
  }

  async #indirect(address: number | undefined, at: { start: number; rows: number; depth: number }): Promise<void> {
    const { width, largestDirect, firstSize, offsetSize } = this.#header;
    const { offset } = this.#file.sizes;
    if (at.rows > MOST_ROWS || at.depth > MOST_ROWS) throw malformed('a fractal heap that has no end');
    const size = 5 + offset + offsetSize + at.rows * width * offset + CHECKSUM;
    const block = await this.#file.open(address, size, 'a block of a fractal heap');
    block.verify();
    this.#expect(block, 'FHIB', at.start);
    let start = at.start;
    for (let row = 0; row < at.rows; row += 1) {
      const each = rowSize(this.#header, row);
      for (let i = 0; i < width; i += 1, start += each) {
        const child = block.address();
        if (child === undefined) continue;
        if (each <= largestDirect) await this.#direct(child, start, each);
        else {
          const rows = Math.log2(each) - Math.log2(firstSize * width) + 1;
          await this.#indirect(child, { start, rows, depth: at.depth + 1 });
        }
      }
    }
  }

  async #readHuge(tree: number): Promise<void> {
    for await (const { record } of treeRecords(this.#file, tree, [HUGE_RECORD])) {
      const address = record.address();
      const size = record.length();
      this.#huge.set(record.length(), { address, size });
    }
  }

  /** @param id as the index of the heap has it */
  async object(id: Cursor): Promise<Cursor> {
    const first = id.u8();
    if (first >> 6 !== 0) throw notRead('an object of a heap of an unknown version', id.start);
    const kind = (first >> 4) & 3;
    if (kind === KIND.tiny) return id.part(Math.min(id.left, (first & 15) + 1), 'a small object of a heap');
    if (kind === KIND.huge) return this.#hugeObject(id);
    if (kind !== KIND.managed) throw id.error('an object of an unknown kind');
    const at = id.uint(this.#header.offsetSize);
    const length = id.uint(this.#header.lengthSize);
    const block = this.#blockAt(at);
    if (block === undefined) throw id.error('an object outside of its heap');
    this.#claims.add(at, length, 'an object of a heap');
    return block.bytes.within(at - block.start, length, 'an object of a heap');
  }

  /** To be called when all its objects were read. */
  checkClaims(): void {
    this.#claims.check();
  }

  /** Blocks were read in the order of their places. */
  #blockAt(at: number): Block | undefined {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle]?.start ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return this.#blocks[low - 1];
  }

  async #hugeObject(id: Cursor): Promise<Cursor> {
    const { offset, length } = this.#file.sizes;
    if (offset + length <= id.left) {
      const address = id.address();
      return this.#file.open(address, id.length(), 'a large object of a heap');
    }
    const found = this.#huge.get(id.uint(Math.min(id.left, length)));
    if (found === undefined) throw id.error('a large object that is not in its heap');
    return this.#file.open(found.address, found.size, 'a large object of a heap');
  }
}
