import type { ByteSource } from '../byte-source.ts';
import { ascii, startsWith } from '../bytes.ts';
import type { Scan } from '../scan.ts';
import { FlatTable, type FlatVector, Pages } from './flatbuffer.ts';

const MAGIC = ascii('CBM1');
export const isCatboost = (head: Uint8Array): boolean => startsWith(head, MAGIC);

const CORE_AT = 8;
/** Fields of catboost/libs/model/flatbuffers: model.fbs, features.fbs, ctr_data.fbs. */
const CORE = { formatVersion: 0, trees: 1, info: 2, parts: 3 } as const;
const TREES = {
  dimension: 0,
  splits: 1,
  sizes: 2,
  offsets: 3,
  leafValues: 8,
  steps: 10,
  nodeToLeaf: 11,
} as const;
const FEATURES = { categorical: 4, float: 5, oneHot: 6, ctr: 7 } as const;
const BORDERS = { float: 3, oneHot: 1, ctr: 1 } as const;
/** A table of statistics of categories. */
const STATISTICS = { base: 0, index: 1, values: 2 } as const;
const BASE = { features: 0 } as const;
const SPLIT_SIZE = 8;
const KNOWN_PART = 'static_provider_v1';
const VERSION = 'FlabuffersModel_v1';
const DEEPEST_TREE = 16;

class CatboostScan {
  readonly #pages: Pages;

  constructor(scan: Scan, source: ByteSource) {
    this.#pages = new Pages(scan, source, 'catboost.malformed');
  }

  /** @returns the parts that are not known */
  async run(): Promise<readonly string[]> {
    const size = await this.#pages.u32(4);
    this.#pages.inside(CORE_AT, size);
    const core = await FlatTable.root(this.#pages, CORE_AT);
    if ((await core.text(CORE.formatVersion)) !== VERSION) throw this.#pages.bad('an unknown version', CORE_AT);
    for (const entry of await core.tables(CORE.info)) {
      await entry.text(0);
      await entry.text(1);
    }
    const trees = await core.table(CORE.trees);
    if (trees === undefined) throw this.#pages.bad('no trees', CORE_AT);
    await this.#trees(trees);
    const parts = await core.texts(CORE.parts);
    const end = parts.includes(KNOWN_PART) ? await this.#statistics(CORE_AT + size) : CORE_AT + size;
    const unknown = parts.filter((part) => part !== KNOWN_PART);
    if (unknown.length === 0 && end !== this.#pages.size) throw this.#pages.bad('bytes behind the model', end);
    return unknown;
  }

  /** How many, then each with its length. */
  async #statistics(start: number): Promise<number> {
    const count = await this.#pages.u32(start);
    let at = start + 4;
    for (let i = 0; i < count; i += 1) {
      const size = await this.#pages.u32(at);
      this.#pages.inside(at + 4, size);
      const table = await FlatTable.root(this.#pages, at + 4);
      await table.vector(STATISTICS.index, 1);
      await table.vector(STATISTICS.values, 1);
      const features = await (await table.table(STATISTICS.base))?.table(BASE.features);
      for (const [field, width] of [4, SPLIT_SIZE, SPLIT_SIZE].entries()) await features?.vector(field, width);
      at += 4 + size;
    }
    return at;
  }

  async #integers({ count, at }: FlatVector): Promise<number[]> {
    const numbers: number[] = [];
    for (let i = 0; i < count; i += 1) numbers.push(await this.#pages.i32(at + 4 * i));
    return numbers;
  }

  /** How many yes-no questions the features offer: what a split refers to. */
  async #questions(trees: FlatTable): Promise<number> {
    let questions = 0;
    for (const kind of ['float', 'oneHot', 'ctr'] as const)
      for (const feature of await trees.tables(FEATURES[kind]))
        questions += (await feature.vector(BORDERS[kind], 4)).count;
    await trees.tables(FEATURES.categorical);
    return questions;
  }

  async #trees(trees: FlatTable): Promise<void> {
    const at = trees.place(TREES.splits) ?? CORE_AT;
    const dimension = await trees.i32(TREES.dimension, 0);
    const splits = await this.#integers(await trees.vector(TREES.splits, 4));
    const sizes = await this.#integers(await trees.vector(TREES.sizes, 4));
    const offsets = await this.#integers(await trees.vector(TREES.offsets, 4));
    const questions = await this.#questions(trees);
    const leaves = await trees.vector(TREES.leafValues, 8);
    const steps = await trees.vector(TREES.steps, 4);
    await trees.vector(TREES.nodeToLeaf, 4);
    if (dimension < 1 || sizes.some((size) => size < 0)) throw this.#pages.bad('a tree of no size', at);
    if (sizes.reduce((sum, size) => sum + size, 0) !== splits.length || offsets.length !== sizes.length)
      throw this.#pages.bad('sizes of trees that contradict their splits', at);
    if (splits.some((split) => split < 0 || (steps.count === 0 && split >= questions)))
      throw this.#pages.bad('a split by a feature that is not there', at);
    if (steps.count === 0) this.#checkLeaves(sizes, dimension, leaves.count, at);
  }

  /** An oblivious tree of n splits has 2^n leaves. */
  #checkLeaves(sizes: readonly number[], dimension: number, leaves: number, at: number): void {
    if (sizes.some((size) => size > DEEPEST_TREE)) throw this.#pages.bad('a tree that is too deep', at);
    if (sizes.reduce((sum, size) => sum + 2 ** size, 0) * dimension !== leaves)
      throw this.#pages.bad('not as many leaves as the trees have', at);
  }
}

/** The model is a flatbuffer; statistics of categories follow it, other parts are not looked into. */
export const scanCatboost = async (scan: Scan, source: ByteSource, member: string | undefined): Promise<void> => {
  const unknown = await new CatboostScan(scan, source).run();
  if (unknown.length > 0) scan.report('format.not-supported', { what: `CatBoost with ${unknown.join(', ')}`, member });
};
