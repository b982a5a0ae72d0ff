import type { DeclaredFeature } from '../intake/manifest.ts';
import { CategoryCounts } from './category-counts.ts';
import type { OutputForm, Tally } from './contract.ts';
import { type CountFeature, countFeature, FeatureCounts, type KeyedHash } from './feature-counts.ts';
import type { Envelope } from './inference-event.ts';
import { Sketch } from './sketch.ts';

type PlannedFeature = {
  readonly name: string;
  readonly count: CountFeature;
  /** Every object has a member of this name (`constructor`), so that only its own one is a feature. */
  readonly inherited: boolean;
};

/** A model version's features, ready for counting. */
export type FeaturePlan = { readonly names: ReadonlySet<string>; readonly features: readonly PlannedFeature[] };

export const planFeatures = (features: readonly DeclaredFeature[], hash: KeyedHash | undefined): FeaturePlan => ({
  names: new Set(features.map(({ name }) => name)),
  features: features.map((feature) => ({
    name: feature.name,
    count: countFeature(feature, hash),
    inherited: feature.name in Object.prototype,
  })),
});

class OutputCounts {
  readonly values = new Sketch();
  readonly categories = new CategoryCounts();
  nulls = 0;
  other = 0;

  see(value: unknown): void {
    if (value === null) this.nulls += 1;
    else if (typeof value === 'number') this.values.add(value);
    else if (typeof value === 'string' || typeof value === 'boolean') this.categories.add(String(value));
    else this.other += 1;
  }

  merge({ values, categories, nulls, other }: OutputForm): void {
    this.values.merge(values);
    this.categories.merge(categories);
    this.nulls += nulls;
    this.other += other;
  }

  form(): OutputForm {
    return {
      values: this.values.form(),
      categories: this.categories.form(),
      nulls: this.nulls,
      other: this.other,
    };
  }
}

/** A tally that still grows: by events, or by tallies of other spans and files. */
export class RunningTally {
  requests = 0;
  errors = 0;
  withFeatures = 0;
  readonly errorCodes = new CategoryCounts();
  readonly latency = new Sketch();
  readonly cost = new Sketch();
  readonly score = new Sketch();
  readonly prediction = new OutputCounts();
  readonly segments = new CategoryCounts();
  readonly segmentErrors = new CategoryCounts();
  readonly undeclared = new CategoryCounts();
  readonly features = new Map<string, FeatureCounts>();
  #planned: { readonly plan: FeaturePlan; readonly counts: readonly FeatureCounts[] } | undefined;

  addEvent(event: Envelope, plan: FeaturePlan): void {
    const failed = event.status === 'error';
    this.requests += 1;
    if (failed) this.errors += 1;
    if (failed && event.error_code !== undefined) this.errorCodes.add(event.error_code);
    this.latency.add(event.latency);
    if (typeof event.cost === 'number') this.cost.add(event.cost);
    this.addOutputs(event.prediction, event.score);
    if (typeof event.segment === 'string') {
      this.segments.add(event.segment);
      if (failed) this.segmentErrors.add(event.segment);
    }
    if (event.features !== undefined) this.addFeatures(event.features, plan);
  }

  addOutputs(prediction: unknown, score: unknown): void {
    if (prediction !== undefined) this.prediction.see(prediction);
    if (typeof score === 'number') this.score.add(score);
  }

  addFeatures(given: { readonly [name: string]: unknown }, plan: FeaturePlan): void {
    const counts = this.#countsFor(plan);
    this.withFeatures += 1;
    let found = 0;
    plan.features.forEach(({ name, count, inherited }, index) => {
      const value = inherited && !Object.hasOwn(given, name) ? undefined : given[name];
      if (value !== undefined) found += 1;
      count(counts[index] as FeatureCounts, value);
    });
    const present = Object.keys(given);
    if (present.length > found) for (const name of present) if (!plan.names.has(name)) this.undeclared.add(name);
  }

  merge(tally: Tally): void {
    this.requests += tally.requests;
    this.errors += tally.errors;
    this.withFeatures += tally.withFeatures;
    this.errorCodes.merge(tally.errorCodes);
    this.latency.merge(tally.latency);
    this.cost.merge(tally.cost);
    this.score.merge(tally.score);
    this.prediction.merge(tally.prediction);
    this.segments.merge(tally.segments);
    this.segmentErrors.merge(tally.segmentErrors);
    this.undeclared.merge(tally.undeclared);
    for (const [name, form] of tally.features) this.#feature(name).merge(form);
  }

  form(): Tally {
    return {
      requests: this.requests,
      errors: this.errors,
      withFeatures: this.withFeatures,
      errorCodes: this.errorCodes.form(),
      latency: this.latency.form(),
      cost: this.cost.form(),
      score: this.score.form(),
      prediction: this.prediction.form(),
      segments: this.segments.form(),
      segmentErrors: this.segmentErrors.form(),
      undeclared: this.undeclared.form(),
      features: [...this.features].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, counts]) => [name, counts.form()]),
    };
  }

  /** A rough count of the bytes that this holds on to. */
  get weight(): number {
    const sketches = [this.latency, this.cost, this.score, this.prediction.values];
    const categories = [this.errorCodes, this.prediction.categories, this.segments, this.undeclared];
    for (const { values, categories: named } of this.features.values()) {
      if (values !== undefined) sketches.push(values);
      if (named !== undefined) categories.push(named);
    }
    return (
      sketches.reduce((sum, sketch) => sum + SKETCH_BYTES + sketch.live * BIN_BYTES, 0) +
      categories.reduce((sum, counts) => sum + CATEGORIES_BYTES + counts.size * CATEGORY_BYTES, 0)
    );
  }

  /** In the order of the plan: a look-up by name for every value would take longer than counting it. */
  #countsFor(plan: FeaturePlan): readonly FeatureCounts[] {
    if (this.#planned?.plan !== plan)
      this.#planned = { plan, counts: plan.features.map(({ name }) => this.#feature(name)) };
    return this.#planned.counts;
  }

  #feature(name: string): FeatureCounts {
    const standing = this.features.get(name);
    if (standing !== undefined) return standing;
    const fresh = new FeatureCounts();
    this.features.set(name, fresh);
    return fresh;
  }
}

/** A bin is 12 bytes in a table that is between a quarter and half full. */
const BIN_BYTES = 36;
const SKETCH_BYTES = 600;
const CATEGORY_BYTES = 150;
const CATEGORIES_BYTES = 400;
