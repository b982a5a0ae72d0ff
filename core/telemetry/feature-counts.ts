import { createHmac } from 'node:crypto';
import type { DeclaredFeature } from '../intake/manifest.ts';
import { CategoryCounts } from './category-counts.ts';
import type { FeatureForm } from './contract.ts';
import { Sketch } from './sketch.ts';

export class FeatureCounts {
  values: Sketch | undefined;
  categories: CategoryCounts | undefined;
  nulls = 0;
  missing = 0;
  retyped = 0;
  outOfRange = 0;
  newCategory = 0;

  addValue(value: number): void {
    this.values ??= new Sketch();
    this.values.add(value);
  }

  addCategory(category: string, declared: ReadonlySet<string>): void {
    this.categories ??= new CategoryCounts(declared);
    this.categories.add(category);
  }

  merge(form: FeatureForm): void {
    if (form.values !== undefined) {
      this.values ??= new Sketch();
      this.values.merge(form.values);
    }
    if (form.categories !== undefined) {
      this.categories ??= new CategoryCounts();
      this.categories.merge(form.categories);
    }
    this.nulls += form.nulls;
    this.missing += form.missing;
    this.retyped += form.retyped;
    this.outOfRange += form.outOfRange;
    this.newCategory += form.newCategory;
  }

  form(): FeatureForm {
    const { nulls, missing, retyped, outOfRange, newCategory } = this;
    return {
      ...(this.values === undefined ? {} : { values: this.values.form() }),
      ...(this.categories === undefined ? {} : { categories: this.categories.form() }),
      nulls,
      missing,
      retyped,
      outOfRange,
      newCategory,
    };
  }
}

/** Counts one value of one feature; `undefined` is an absent one. */
export type CountFeature = (counts: FeatureCounts, value: unknown) => void;

/** Counts a value that is there, or says that it is not of the declared type. */
type CountValue = (counts: FeatureCounts, value: unknown) => boolean;

/** Replaces a personal category by something that tells categories apart and nothing else. */
export type KeyedHash = (feature: string, category: string) => string;

export const keyedHash =
  (key: Uint8Array, model: string): KeyedHash =>
  (feature, category) =>
    `hmac:${createHmac('sha256', key).update(`${model}\0${feature}\0${category}`).digest('hex').slice(0, 32)}`;

/** JSON has no such numbers; producers write them as texts. */
const NON_FINITE = new Set(['NaN', 'Infinity', '-Infinity']);

const numbers = ({ type, minimum, maximum, personal }: DeclaredFeature): CountValue => {
  const low = minimum ?? Number.NEGATIVE_INFINITY;
  const high = maximum ?? Number.POSITIVE_INFINITY;
  return (counts, value) => {
    const number = typeof value === 'string' && NON_FINITE.has(value) ? Number(value) : value;
    if (typeof number !== 'number') return false;
    if (type === 'integer' && Number.isFinite(number) && !Number.isInteger(number)) return false;
    if (number < low || number > high) counts.outOfRange += 1;
    if (!personal) counts.addValue(number);
    return true;
  };
};

const booleans = ({ personal }: DeclaredFeature): CountValue => {
  const known = new Set(['false', 'true']);
  return (counts, value) => {
    if (typeof value !== 'boolean') return false;
    if (!personal) counts.addCategory(value ? 'true' : 'false', known);
    return true;
  };
};

/** Codes are often whole numbers: one stands for its text, where the list of categories has it or there is no list. */
const categories = ({ name, categories, personal }: DeclaredFeature, hash: KeyedHash | undefined): CountValue => {
  const declared = categories === undefined ? undefined : new Set(categories);
  const known = personal ? new Set<string>() : (declared ?? new Set<string>());
  return (counts, value) => {
    const isText = typeof value === 'string';
    if (!isText && typeof value !== 'boolean' && !Number.isInteger(value)) return false;
    const text = isText ? value : String(value);
    if (declared !== undefined && !declared.has(text)) {
      if (!isText) return false;
      counts.newCategory += 1;
    }
    if (personal && hash === undefined) return true;
    const kept = personal && hash !== undefined ? hash(name, text) : text;
    counts.addCategory(kept, known);
    return true;
  };
};

const texts =
  ({ personal }: DeclaredFeature): CountValue =>
  (counts, value) => {
    if (typeof value !== 'string') return false;
    if (!personal) counts.addValue(value.length);
    return true;
  };

const INSTANT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Time moves on, so its distribution always drifts: only whether it is there and well-formed is counted. */
const instants: CountValue = (_, value) => Number.isFinite(value) || (typeof value === 'string' && INSTANT.test(value));

const countValueOf = (feature: DeclaredFeature, hash: KeyedHash | undefined): CountValue => {
  switch (feature.type) {
    case 'number':
    case 'integer':
      return numbers(feature);
    case 'boolean':
      return booleans(feature);
    case 'category':
      return categories(feature, hash);
    case 'text':
      return texts(feature);
    case 'timestamp':
      return instants;
  }
};

/** How a declared feature is counted. Without `hash` personal categories are dropped, as other personal values always are. */
export const countFeature = (feature: DeclaredFeature, hash: KeyedHash | undefined): CountFeature => {
  const countValue = countValueOf(feature, hash);
  return (counts, value) => {
    if (value === undefined) counts.missing += feature.required ? 1 : 0;
    else if (value === null) counts.nulls += 1;
    else if (!countValue(counts, value)) counts.retyped += 1;
  };
};
