import type { Reason } from '../kernel/reason.ts';
import type { FeatureForm, Tally } from '../telemetry/contract.ts';
import type { SchemaFinding, SchemaKind, SchemaReport, SchemaSettings } from './contract.ts';
import { grouped, percent } from './figure.ts';

const LISTED = 20;
/** A feature that is gone from so much of the traffic, and a new name in as much of it, are one feature renamed. */
const RENAMED_SHARE = 0.5;

const WORDS: Readonly<Record<SchemaKind, string>> = {
  missing: 'missing',
  renamed: 'missing',
  retyped: 'of another type than declared',
  'out-of-range': 'outside the declared range',
  'new-category': 'none of the declared categories',
};

type Breach = { readonly kind: SchemaKind; readonly count: number; readonly limit: number };

const breachesOf = (form: FeatureForm, settings: SchemaSettings): Breach[] =>
  [
    { kind: 'missing' as const, count: form.missing, limit: settings.missing },
    { kind: 'retyped' as const, count: form.retyped, limit: settings.retyped },
    { kind: 'out-of-range' as const, count: form.outOfRange, limit: settings.outOfRange },
    { kind: 'new-category' as const, count: form.newCategory, limit: settings.newCategory },
  ].filter(({ count }) => count > 0);

const undeclaredIn = ({ undeclared }: Tally): [string, number][] =>
  [...undeclared.known, ...undeclared.others]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, LISTED)
    .map(([name, count]) => [name, count]);

/** The undeclared name that came when this feature went: the one whose count is nearest. */
const newNameOf = (finding: SchemaFinding, undeclared: readonly (readonly [string, number])[]): string | undefined =>
  [...undeclared]
    .filter(([, count]) => count >= finding.n * RENAMED_SHARE)
    .sort(([, a], [, b]) => Math.abs(a - finding.count) - Math.abs(b - finding.count))[0]?.[0];

const reasonFor = (finding: SchemaFinding, newName: string | undefined): Reason => {
  const { feature, kind, count, n, share, limit } = finding;
  return {
    rule: `drift.schema-${kind}`,
    path: `$.features[${JSON.stringify(feature)}]`,
    message: `${feature} is ${WORDS[kind]} in ${percent(share)} of events (${grouped(count)} of ${grouped(n)})`,
    allowed: `up to ${percent(limit)}`,
    ...(newName === undefined ? {} : { fix: `Events carry ${JSON.stringify(newName)} instead: was it renamed?` }),
  };
};

/**
 * Whether events still carry the features that the manifest declares. Nothing is said about fewer events than the
 * settings ask for, and a feature that is evolved on purpose is declared by the version that needs it.
 */
export const checkSchema = (tally: Tally, settings: SchemaSettings): SchemaReport => {
  const n = tally.withFeatures;
  const undeclared = undeclaredIn(tally);
  const enough = n >= settings.minimumEvents;
  const found = tally.features.flatMap(([feature, form]) =>
    breachesOf(form, settings).map(({ kind, count, limit }): SchemaFinding => {
      const share = count / n;
      return { feature, kind, count, n, share, limit, violated: enough && share > limit };
    }),
  );
  const named = found.map((finding) => {
    const goneForGood = finding.kind === 'missing' && finding.share >= RENAMED_SHARE;
    const newName = goneForGood ? newNameOf(finding, undeclared) : undefined;
    return newName === undefined
      ? { finding, newName }
      : { finding: { ...finding, kind: 'renamed' as const }, newName };
  });
  const violated = named.filter(({ finding }) => finding.violated).sort((a, b) => b.finding.share - a.finding.share);
  return {
    outcome: enough ? (violated.length > 0 ? 'violated' : 'kept') : 'not-enough-data',
    reasons: violated.map(({ finding, newName }) => reasonFor(finding, newName)),
    findings: named.map(({ finding }) => finding),
    undeclared,
    n,
  };
};
