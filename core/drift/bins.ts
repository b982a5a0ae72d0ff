import {
  type BinCounts,
  BinReader,
  BUCKETS,
  bucketOf,
  categoryTotal,
  coarser,
  completeBelow,
  type FeatureForm,
  rankOf,
} from '../telemetry/contract.ts';

type Categories = NonNullable<FeatureForm['categories']>;
type Values = NonNullable<FeatureForm['values']>;

/** What is compared: what was seen of a feature, or of the model's answers. */
export type Observed = Pick<FeatureForm, 'values' | 'categories' | 'nulls'>;

/** Counts of both sides over the same bins. */
export type Binned = { readonly reference: readonly number[]; readonly current: readonly number[] };

/** Ten bins of equal share in the reference: what rules of thumb for the stability index assume. */
const QUANTILES = 10;
/** Rarer categories are compared in buckets. */
const SMALLEST_SHARE = 0.01;

/**
 * The last sketch bin of each bin; one more bin takes what is larger. Edges lie between bins of the sketch, where its
 * counts are exact: all that a sketch costs here is that an edge is up to 1.6 % away from the quantile. A value that is
 * a tenth of the data by itself (zero, most often) has a bin of its own, also when it is the only value there is.
 */
const quantileEdges = ({ bins, counts }: BinCounts): number[] => {
  const target = counts.reduce((sum, count) => sum + count, 0) / QUANTILES;
  const edges: number[] = [];
  let seen = 0;
  bins.forEach((bin, index) => {
    const count = counts[index] as number;
    const before = Math.floor(seen / target);
    seen += count;
    if (count >= target) edges.push(...(edges.at(-1) === bin - 1 ? [] : [bin - 1]), bin);
    else if (Math.floor(seen / target) > before && index < bins.length - 1) edges.push(bin);
  });
  return edges;
};

const EMPTY: Values = { bins: '', count: 0, level: 0, nonFinite: 0 };

const reader = /* @__PURE__ */ new BinReader();

/** Valid until the next call: history alone is read 28 times per feature, and nothing of it is kept but counts. */
const binCountsAt = (form: Values, level: number): BinCounts => coarser(reader.read(form.bins), level - form.level);

/** Counts between edges, and last what is not finite. */
const valueCounts = ({ bins, counts }: BinCounts, edges: readonly number[], nonFinite: number): number[] => {
  const between = new Array<number>(edges.length + 1).fill(0);
  let at = 0;
  for (let index = 0; index < bins.length; index += 1) {
    while (at < edges.length && (bins[index] as number) > (edges[at] as number)) at += 1;
    between[at] = (between[at] as number) + (counts[index] as number);
  }
  return [...between, nonFinite];
};

/** Edges from the reference at the resolution of the coarser side, which is the finest one nearly always. */
const valueBins = (reference: Values): ((current: Values) => Binned) => {
  const known = new Map<number, { edges: number[]; counts: number[] }>();
  const at = (level: number) => {
    const standing = known.get(level);
    if (standing !== undefined) return standing;
    const own = binCountsAt(reference, level);
    const edges = quantileEdges(own);
    const fresh = { edges, counts: valueCounts(own, edges, reference.nonFinite) };
    known.set(level, fresh);
    return fresh;
  };
  return (current) => {
    const level = Math.max(reference.level, current.level);
    const { edges, counts } = at(level);
    return { reference: counts, current: valueCounts(binCountsAt(current, level), edges, current.nonFinite) };
  };
};

const NO_BINS: Binned = { reference: [], current: [] };
const NO_CATEGORIES: Categories = { known: [], others: [], overflow: [] };

/** The categories to compare one by one, which both sides have counted completely. */
const comparable = (reference: Categories, current: Categories): Set<string> => {
  const complete = Math.min(completeBelow(reference), completeBelow(current));
  const { known, others } = reference;
  const enough = categoryTotal(reference) * SMALLEST_SHARE;
  const candidates = [...known, ...others.filter(([text]) => rankOf(text) < complete)];
  return new Set(candidates.filter(([, count]) => count >= enough).map(([text]) => text));
};

/** Counts of the named categories, then of all others by bucket: those of one side go where the other side has them. */
const categoryCounts = ({ known, others, overflow }: Categories, names: ReadonlySet<string>): number[] => {
  const counts = new Map([...names].map((name) => [name, 0]));
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => overflow[bucket] ?? 0);
  for (const [text, count] of [...known, ...others]) {
    const bucket = bucketOf(text);
    if (names.has(text)) counts.set(text, (counts.get(text) ?? 0) + count);
    else buckets[bucket] = (buckets[bucket] as number) + count;
  }
  return [...counts.values(), ...buckets];
};

const categoryBins = (reference: Categories | undefined, current: Categories | undefined): Binned => {
  if (reference === undefined && current === undefined) return NO_BINS;
  return namedAndBucketed(reference ?? NO_CATEGORIES, current ?? NO_CATEGORIES);
};

const namedAndBucketed = (reference: Categories, current: Categories): Binned => {
  const names = comparable(reference, current);
  return { reference: categoryCounts(reference, names), current: categoryCounts(current, names) };
};

/**
 * Compares what was seen with one reference. Bins come from the reference; what is not finite and what is null are bins
 * too, so that a feature that falls silent has changed its distribution.
 */
export const binsOf = (reference: Observed): ((current: Observed) => Binned) => {
  const ofValues = valueBins(reference.values ?? EMPTY);
  return (current) => {
    const values = ofValues(current.values ?? EMPTY);
    const categories = categoryBins(reference.categories, current.categories);
    return {
      reference: [...values.reference, ...categories.reference, reference.nulls],
      current: [...values.current, ...categories.current, current.nulls],
    };
  };
};
