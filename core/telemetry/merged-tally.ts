import { CategoryCounts } from './category-counts.ts';
import type { CategoryForm } from './category-form.ts';
import type { FeatureForm, OutputForm, Tally } from './contract.ts';
import { SketchMerger } from './merged-sketch.ts';

const total = <Form>(forms: readonly Form[], of: (form: Form) => number): number =>
  forms.reduce((sum, form) => sum + of(form), 0);

const categories = <Form>(forms: readonly Form[], of: (form: Form) => CategoryForm): CategoryForm => {
  const counts = new CategoryCounts();
  for (const form of forms) counts.merge(of(form));
  return counts.form();
};

const outputs = (merger: SketchMerger, forms: readonly OutputForm[]): OutputForm => ({
  values: merger.merge(forms.map(({ values }) => values)),
  categories: categories(forms, (form) => form.categories),
  nulls: total(forms, ({ nulls }) => nulls),
  other: total(forms, ({ other }) => other),
});

const feature = (merger: SketchMerger, forms: readonly FeatureForm[]): FeatureForm => {
  const values = forms.flatMap((form) => form.values ?? []);
  const named = forms.flatMap((form) => form.categories ?? []);
  return {
    ...(values.length === 0 ? {} : { values: merger.merge(values) }),
    ...(named.length === 0 ? {} : { categories: categories(named, (form) => form) }),
    nulls: total(forms, ({ nulls }) => nulls),
    missing: total(forms, ({ missing }) => missing),
    retyped: total(forms, ({ retyped }) => retyped),
    outOfRange: total(forms, ({ outOfRange }) => outOfRange),
    newCategory: total(forms, ({ newCategory }) => newCategory),
  };
};

/** What was counted in spans or files that have no event in common: what `RunningTally` gives, sooner. */
export const mergedTally = (tallies: readonly Tally[]): Tally => {
  const merger = new SketchMerger();
  const byName = Map.groupBy(
    tallies.flatMap(({ features }) => features),
    ([name]) => name,
  );
  return {
    requests: total(tallies, ({ requests }) => requests),
    errors: total(tallies, ({ errors }) => errors),
    withFeatures: total(tallies, ({ withFeatures }) => withFeatures),
    errorCodes: categories(tallies, ({ errorCodes }) => errorCodes),
    latency: merger.merge(tallies.map(({ latency }) => latency)),
    cost: merger.merge(tallies.map(({ cost }) => cost)),
    score: merger.merge(tallies.map(({ score }) => score)),
    prediction: outputs(
      merger,
      tallies.map(({ prediction }) => prediction),
    ),
    segments: categories(tallies, ({ segments }) => segments),
    segmentErrors: categories(tallies, ({ segmentErrors }) => segmentErrors),
    undeclared: categories(tallies, ({ undeclared }) => undeclared),
    features: [...byName]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, forms]) => [
        name,
        feature(
          merger,
          forms.map(([, form]) => form),
        ),
      ]),
  };
};
