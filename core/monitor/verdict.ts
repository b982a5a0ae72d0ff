import type { BurnReport } from '../slo/contract.ts';
import type { CheckReport, CheckSignal, StreamMark, Wrong } from './contract.ts';

const newestTold = <Report extends { readonly outcome: string }>(reports: readonly (Report | null)[]) =>
  reports.findLast((report): report is Report => report !== null && report.outcome !== 'not-enough-data');

const pairs = (entries: Iterable<readonly [string, number]>): [string, number][] =>
  [...entries].map(([name, index]): [string, number] => [name, index]).sort(([a], [b]) => (a < b ? -1 : 1));

/** Indices of what has drifted. Too little data is no news: what was true before stays true. */
export const driftedAfter = (before: StreamMark | undefined, reports: readonly CheckReport[]): [string, number][] => {
  const told = newestTold(reports.map(({ drift }) => drift));
  if (told === undefined) return before?.drifted ?? [];
  const drifted = told.findings.filter(({ outcome }) => outcome === 'drifted');
  return pairs(drifted.map(({ name, psi }): [string, number] => [name, psi ?? 0]));
};

/** What a person accepted is forgotten as soon as it is nobody's concern any more: should it come back, it is new. */
export const acceptedAfter = (
  accepted: ReadonlyMap<string, number>,
  reports: readonly CheckReport[],
  floor: number,
): [string, number][] => {
  const told = newestTold(reports.map(({ drift }) => drift));
  const calm = new Set(told?.findings.filter(({ psi }) => psi !== undefined && psi <= floor).map(({ name }) => name));
  return pairs([...accepted].filter(([name]) => !calm.has(name)));
};

/** The largest index as a share of its limit, in the newest window that tells. */
export const worstOf = (reports: readonly CheckReport[], before: StreamMark | undefined): number => {
  const told = newestTold(reports.map(({ drift }) => drift));
  if (told === undefined) return before?.worst ?? 0;
  return Math.max(0, ...told.findings.map(({ psi = 0, limit = 1 }) => psi / limit));
};

/** All that is wrong with a stream after these reports, oldest first, which may be none. */
export const wrongAfter = (
  before: StreamMark | undefined,
  reports: readonly CheckReport[],
  /** Undefined where they could not be judged: no news. */
  burns: readonly BurnReport[] | undefined,
): Wrong[] => {
  const standing = (signal: CheckSignal) => before?.wrong.filter((wrong) => wrong.signal === signal) ?? [];
  const wrong = (
    signal: CheckSignal,
    { outcome, reasons }: { outcome: string; reasons: Wrong['reasons'] },
    bad: string,
  ) => (outcome === bad ? [{ signal, reasons }] : []);
  const drift = newestTold(reports.map((report) => report.drift));
  const schema = newestTold(reports.map((report) => report.schema));
  const burning = burns?.filter(({ outcome }) => outcome === 'burning').flatMap(({ reasons }) => reasons);
  return [
    ...(drift ? wrong('drift.feature-shifted', drift, 'drifted') : standing('drift.feature-shifted')),
    ...(schema ? wrong('drift.schema-broken', schema, 'violated') : standing('drift.schema-broken')),
    ...(burning === undefined
      ? standing('slo.budget-burning')
      : wrong(
          'slo.budget-burning',
          { outcome: burning.length > 0 ? 'burning' : 'within', reasons: burning },
          'burning',
        )),
  ];
};
