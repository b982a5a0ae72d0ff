import { hash } from 'node:crypto';

/** A SHA-256, 32 bytes. */
export type Hash = Buffer;
export const HASH_BYTES = 32;

const LEAF = 0x00;
const NODE = 0x01;

const sha256 = (bytes: Uint8Array): Hash => hash('sha256', bytes, 'buffer');

/** Of the bytes of one leaf: RFC 6962 section 2.1, so that no leaf can be passed off as a node. */
export const leafHash = (leaf: Uint8Array): Hash => {
  const prefixed = Buffer.allocUnsafe(leaf.length + 1);
  prefixed[0] = LEAF;
  prefixed.set(leaf, 1);
  return sha256(prefixed);
};

const pair = Buffer.alloc(2 * HASH_BYTES + 1);
pair[0] = NODE;

export const nodeHash = (left: Hash, right: Hash): Hash => {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
};

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = sha256(Buffer.alloc(0));

/** The largest power of two below `count`; a tree of more than one leaf is split there. */
export const splitOf = (count: number): number => {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
};

/** The root over the hashes of leaves, or of complete subtrees of one size. */
export const rootOf = (hashes: readonly Hash[]): Hash => {
  const [first] = hashes;
  if (first === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return first;
  const half = splitOf(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
};

/** The hash of the complete subtree over the leaves `index * 2^level` up to `(index + 1) * 2^level`. */
export type Nodes = (level: number, index: number) => Promise<Hash>;

const levelOf = (count: number): number | undefined => {
  const level = Math.log2(count);
  return Number.isInteger(level) ? level : undefined;
};

/** The root over the leaves from `from` up to, not including, `to`. */
const hashOfRange = async (nodes: Nodes, from: number, to: number): Promise<Hash> => {
  const level = levelOf(to - from);
  if (level !== undefined) return nodes(level, from / 2 ** level);
  const middle = from + splitOf(to - from);
  return nodeHash(await hashOfRange(nodes, from, middle), await hashOfRange(nodes, middle, to));
};

/** The root of the tree that had `size` leaves. */
export const rootAt = (nodes: Nodes, size: number): Promise<Hash> =>
  size === 0 ? Promise.resolve(EMPTY_ROOT) : hashOfRange(nodes, 0, size);

/**
 * What shows that leaf `index` is in the tree of `size` leaves (RFC 6962 section 2.1.1), from the leaf upwards.
 * @throws RangeError for a leaf that the tree does not have
 */
export const proveInclusion = async (nodes: Nodes, index: number, size: number): Promise<Hash[]> => {
  if (index >= size) throw new RangeError(`leaf ${index} is not among ${size}`);
  const path = async (from: number, to: number): Promise<Hash[]> => {
    if (to - from === 1) return [];
    const middle = from + splitOf(to - from);
    return index < middle
      ? [...(await path(from, middle)), await hashOfRange(nodes, middle, to)]
      : [...(await path(middle, to)), await hashOfRange(nodes, from, middle)];
  };
  return path(0, size);
};

/**
 * What shows that the tree of `newer` leaves begins with that of `older` (RFC 6962 section 2.1.2).
 * @throws RangeError when there is no such tree
 */
export const proveConsistency = async (nodes: Nodes, older: number, newer: number): Promise<Hash[]> => {
  if (older > newer) throw new RangeError(`a tree of ${newer} leaves does not begin with ${older}`);
  if (older === 0 || older === newer) return [];
  const path = async (from: number, to: number, known: boolean): Promise<Hash[]> => {
    if (older === to) return known ? [] : [await hashOfRange(nodes, from, to)];
    const middle = from + splitOf(to - from);
    return older <= middle
      ? [...(await path(from, middle, known)), await hashOfRange(nodes, middle, to)]
      : [...(await path(middle, to, false)), await hashOfRange(nodes, from, middle)];
  };
  return path(0, newer, true);
};

const half = (count: number): number => Math.floor(count / 2);
const isOdd = (count: number): boolean => count % 2 === 1;

/** The path of one leaf to the root: its place, and that of the last leaf, on the level that has been reached. */
class Climb {
  #at: number;
  #last: number;
  constructor(at: number, last: number) {
    this.#at = at;
    this.#last = last;
  }

  get atRoot(): boolean {
    return this.#last === 0;
  }

  /** Steps over the levels on which the leaf's subtree ends with the older tree. */
  skipRightEdge(): void {
    while (isOdd(this.#at)) this.#up();
  }

  /** Whether the next hash of the proof stands to the left; goes up a level, or several where there is no sibling. */
  next(): 'left' | 'right' {
    const left = isOdd(this.#at) || this.#at === this.#last;
    if (left) while (!isOdd(this.#at) && this.#at !== 0) this.#up();
    this.#up();
    return left ? 'left' : 'right';
  }

  #up(): void {
    this.#at = half(this.#at);
    this.#last = half(this.#last);
  }
}

export type Inclusion = { leaf: Hash; index: number; size: number; proof: readonly Hash[]; root: Hash };

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** RFC 9162 section 2.1.3.2. */
export const includes = ({ leaf, index, size, proof, root }: Inclusion): boolean => {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  const climb = new Climb(index, size - 1);
  let hashed = leaf;
  for (const sibling of proof) {
    if (climb.atRoot) return false;
    hashed = climb.next() === 'left' ? nodeHash(sibling, hashed) : nodeHash(hashed, sibling);
  }
  return climb.atRoot && hashed.equals(root);
};

export type TreeHead = { readonly size: number; readonly root: Hash };

/** Whether the newer tree begins with the older one, by RFC 9162 section 2.1.4.2. */
export const extendsTree = (older: TreeHead, newer: TreeHead, proof: readonly Hash[]): boolean => {
  if (!isCount(older.size) || !isCount(newer.size) || older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0 && older.root.equals(EMPTY_ROOT);
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  const [first, ...rest] = levelOf(older.size) === undefined ? proof : [older.root, ...proof];
  if (first === undefined) return false;
  const climb = new Climb(older.size - 1, newer.size - 1);
  climb.skipRightEdge();
  let before = first;
  let after = first;
  for (const sibling of rest) {
    if (climb.atRoot) return false;
    if (climb.next() === 'left') {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
    } else after = nodeHash(after, sibling);
  }
  return climb.atRoot && before.equals(older.root) && after.equals(newer.root);
};
