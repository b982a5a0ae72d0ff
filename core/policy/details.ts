import { Gate, type GateFinding, type GateReport } from '../gates/contract.ts';
import type { Reason } from '../kernel/reason.ts';
import { type FileScan, type Finding, type ScanReport, type ScanVerdict, Severity } from '../scanning/contract.ts';
import type { PolicyQuery } from './contract.ts';
import type { Mismatch, Uncovered } from './file-facts.ts';

/** What a policy's sentence is about in this case: one for each file, field or measurement. */
export type Detail = Omit<Reason, 'rule' | 'message'>;

/** Everything that a policy's `@details` may name. */
export const DETAIL_NAMES: readonly string[] = [
  'files/mismatched',
  'files/uncovered',
  'files/malicious',
  'files/suspicious',
  'files/not-scannable',
  ...Gate.options.flatMap((gate) => [`gates/${gate}/fail`, `gates/${gate}/not-enough-evidence`]),
  'environment/name',
  'environment/tiers',
];

/** By name; a name without an entry has nothing to tell in this case. */
export type Details = ReadonlyMap<string, readonly Detail[]>;

/** A question for policy, and what there is to tell if the answer is no. */
export type PolicyRequest = { readonly query: PolicyQuery; readonly details: Details };

const ofMismatch = ({ path, declared, actual }: Mismatch): Detail => ({ path, found: actual, allowed: declared });

const ofUncovered = ({ path, lacks }: Uncovered): Detail => ({
  path,
  found: `a file that was not ${lacks.join(', nor ')}`,
});

const worstFirst = (a: Finding, b: Finding) =>
  Severity.options.indexOf(b.severity) - Severity.options.indexOf(a.severity);

const placeOf = ({ member, offset }: Finding): string =>
  [member === undefined ? [] : `in ${member}`, offset === undefined ? [] : `at byte ${offset}`].flat().join(' ');

const ofFile = ({ path, format, verdict, findings }: FileScan): Detail => {
  const [worst, ...others] = [...findings].sort(worstFirst);
  if (worst === undefined) return { path, found: `format ${format}, verdict ${verdict}` };
  const more = others.length === 0 ? '' : `, and ${others.length} more findings in the scan report`;
  const place = placeOf(worst);
  return { path, found: `${worst.rule}${place === '' ? '' : ` ${place}`}: ${worst.what}${more}`, fix: worst.fix };
};

const ofFinding = ({ path, message, n, threshold, fix }: GateFinding): Detail => ({
  ...(path === undefined ? {} : { path }),
  found: n === undefined || typeof threshold !== 'string' ? message : `${message}, measured on ${n} samples`,
  ...(typeof threshold === 'string' ? { allowed: threshold } : {}),
  ...(fix === undefined ? {} : { fix }),
});

const filesOf = (scan: ScanReport, verdict: ScanVerdict) => scan.files.filter((file) => file.verdict === verdict);

type Evidence = {
  readonly mismatched: readonly Mismatch[];
  readonly uncovered: readonly Uncovered[];
  readonly scan: ScanReport;
  readonly gates: GateReport;
};

export const detailsOf = ({ mismatched, uncovered, scan, gates }: Evidence): Details => {
  const open = gates.findings.filter(({ outcome }) => outcome !== 'pass');
  const byGate = Map.groupBy(open, ({ gate, outcome }) => `gates/${gate}/${outcome}`);
  return new Map<string, Detail[]>([
    ['files/mismatched', mismatched.map(ofMismatch)],
    ['files/uncovered', uncovered.map(ofUncovered)],
    ...(['malicious', 'suspicious', 'not-scannable'] as const).map(
      (verdict) => [`files/${verdict}`, filesOf(scan, verdict).map(ofFile)] as const,
    ),
    ...[...byGate].map(([name, findings]) => [name, findings.map(ofFinding)] as const),
  ]);
};
