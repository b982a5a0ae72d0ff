import type { CategoryForm } from './category-form.ts';

export const CATEGORY_CAP = 128;
/** A longer text is not listed, only counted. It is also the longest that a manifest can declare. */
const LONGEST_CATEGORY = 200;

/** FNV-1a with the finaliser of MurmurHash3. Equal ranks are told apart by the text, so collisions do no harm. */
export const rankOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

export const BUCKETS = 32;
/** Other bits than those that decide on the rank: what is not listed has high ranks, and any bucket. */
export const bucketOf = (text: string): number => rankOf(text) % BUCKETS;

type Ranked = { readonly text: string; readonly rank: number };
const outranks = (a: Ranked, b: Ranked): boolean => a.rank < b.rank || (a.rank === b.rank && a.text < b.text);

const listed = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * How often each category was seen, with a cap that does not depend on order. Keeping the most frequent ones would: a
 * file that saw a category rarely drops it, and the sum is wrong for ever. Instead the categories with the lowest hash
 * are kept. One that is among the lowest of everything is among the lowest of every part too, so no part has dropped
 * it: its count is exact, and so is the rest. The rest is counted in buckets by hash, since the most frequent category
 * may be in it: that it became twice as frequent shows in its bucket. What the manifest declares is always kept.
 */
export class CategoryCounts {
  readonly #declared: ReadonlySet<string>;
  readonly #known = new Map<string, number>();
  readonly #others = new Map<string, number>();
  readonly #overflow = new Array<number>(BUCKETS).fill(0);
  #last: Ranked | undefined;

  constructor(declared: ReadonlySet<string> = new Set()) {
    this.#declared = declared;
  }

  static of(form: CategoryForm): CategoryCounts {
    const counts = new CategoryCounts();
    counts.merge(form);
    return counts;
  }

  /** Of what is kept, hence of the memory in use. */
  get size(): number {
    return this.#known.size + this.#others.size;
  }

  add(category: string, times = 1): void {
    // A lone surrogate has no UTF-8 form, and one such value would make the whole summary unwritable.
    const text = category.toWellFormed();
    if (this.#declared.has(text)) this.#known.set(text, (this.#known.get(text) ?? 0) + times);
    else this.#addOther(text, times);
  }

  merge({ known, others, overflow }: CategoryForm): void {
    for (const [text, times] of known) this.#known.set(text, (this.#known.get(text) ?? 0) + times);
    for (const [text, times] of others) this.#addOther(text, times);
    overflow.forEach((times, bucket) => {
      this.#spill(bucket, times);
    });
  }

  form(): CategoryForm {
    const overflow = this.#overflow.some((times) => times > 0) ? [...this.#overflow] : [];
    return { known: listed(this.#known), others: listed(this.#others), overflow };
  }

  #addOther(text: string, times: number): void {
    const standing = this.#others.get(text);
    if (standing !== undefined) this.#others.set(text, standing + times);
    else if (text.length > LONGEST_CATEGORY || this.#isBeyondCap(text)) this.#spill(bucketOf(text), times);
    else {
      this.#others.set(text, times);
      if (this.#others.size > CATEGORY_CAP) this.#dropLast();
      else if (this.#others.size === CATEGORY_CAP) this.#last = this.#findLast();
    }
  }

  #isBeyondCap(text: string): boolean {
    return this.#last !== undefined && outranks(this.#last, { text, rank: rankOf(text) });
  }

  #dropLast(): void {
    const { text } = this.#last as Ranked;
    this.#spill(bucketOf(text), this.#others.get(text) ?? 0);
    this.#others.delete(text);
    this.#last = this.#findLast();
  }

  #spill(bucket: number, times: number): void {
    this.#overflow[bucket] = (this.#overflow[bucket] as number) + times;
  }

  #findLast(): Ranked | undefined {
    let last: Ranked | undefined;
    for (const text of this.#others.keys()) {
      const ranked = { text, rank: rankOf(text) };
      if (last === undefined || outranks(last, ranked)) last = ranked;
    }
    return last;
  }
}

/** The rank from which on a category of these counts may have been dropped. */
export const completeBelow = ({ others, overflow }: CategoryForm): number =>
  overflow.length === 0 || others.length < CATEGORY_CAP
    ? Number.POSITIVE_INFINITY
    : Math.max(...others.map(([text]) => rankOf(text)));

export const categoryTotal = ({ known, others, overflow }: CategoryForm): number =>
  [...known, ...others].reduce(
    (sum, [, count]) => sum + count,
    overflow.reduce((sum, count) => sum + count, 0),
  );
