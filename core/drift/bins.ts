import {
  BUCKETS,
  bucketOf,
  categoryTotal,
  completeBelow,
  type FeatureForm,
  forEachPair,
  rankOf,
  Sketch,
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
const quantileEdges = (reference: Sketch): number[] => {
  const target = reference.count / QUANTILES;
  const pairs = reference.pairs();
  const edges: number[] = [];
  let seen = 0;
  pairs.forEach(([bin, count], index) => {
    const before = Math.floor(seen / target);
    seen += count;
    if (count >= target) edges.push(...(edges.at(-1) === bin - 1 ? [] : [bin - 1]), bin);
    else if (Math.floor(seen / target) > before && index < pairs.length - 1) edges.push(bin);
  });
  return edges;
};

const EMPTY: Values = { bins: '', count: 0, level: 0, nonFinite: 0 };

/** Counts between edges of a level, and last what is not finite. */
const valueCounts = (form: Values, edges: readonly number[], level: number): number[] => {
  const counts = new Array<number>(edges.length + 1).fill(0);
  const shift = level - form.level;
  let at = 0;
  forEachPair(form.bins, (bin, count) => {
    while (at < edges.length && bin >> shift > (edges[at] as number)) at += 1;
    counts[at] = (counts[at] as number) + count;
  });
  return [...counts, form.nonFinite];
};

/** Edges from the reference at the resolution of the coarser side, which is the finest one nearly always. */
const valueBins = (reference: Values): ((current: Values) => Binned) => {
  const known = new Map<number, { edges: number[]; counts: number[] }>();
  const at = (level: number) => {
    const standing = known.get(level);
    if (standing !== undefined) return standing;
    const coarse = Sketch.of({ ...EMPTY, level });
    coarse.merge(reference);
    const edges = quantileEdges(coarse);
    const fresh = { edges, counts: valueCounts(reference, edges, level) };
    known.set(level, fresh);
    return fresh;
  };
  return (current) => {
    const level = Math.max(reference.level, current.level);
    const { edges, counts } = at(level);
    return { reference: counts, current: valueCounts(current, edges, level) };
  };
};

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

const categoryBins = (reference: Categories, current: Categories): Binned => {
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
    const categories = categoryBins(reference.categories ?? NO_CATEGORIES, current.categories ?? NO_CATEGORIES);
    return {
      reference: [...values.reference, ...categories.reference, reference.nulls],
      current: [...values.current, ...categories.current, current.nulls],
    };
  };
};
