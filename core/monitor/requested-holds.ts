import type { HoldSeverity } from '../hold/contract.ts';
import type { EvidenceRef } from '../kernel/evidence.ts';
import type { EnvironmentName } from '../kernel/identity.ts';
import type { Reason } from '../kernel/reason.ts';
import type { BurnReport } from '../slo/contract.ts';
import type { Stream } from '../telemetry/contract.ts';
import { type CheckReport, type CheckSignal, type RequestedHold, RUNBOOKS } from './contract.ts';

export type Kept<Report> = { readonly document: Report; readonly ref: EvidenceRef };

export type HoldsInput = {
  readonly stream: Stream;
  readonly environment: EnvironmentName;
  readonly severity: HoldSeverity;
  /** Oldest first. */
  readonly reports: readonly Kept<CheckReport>[];
  /** Windows up to here asked for a hold on their schema before: somebody may have lifted it. */
  readonly schemaAfter: string;
  readonly burn: Kept<readonly BurnReport[]> | undefined;
};

/** So many numbers fit into what a person reads at night; the rest stands in the evidence. */
const TOLD = 3;

/** One reason that tells of all, the worst first. */
const asOne = ([first, ...others]: readonly Reason[]): Reason | undefined => {
  if (first === undefined) return undefined;
  const messages = [first, ...others.slice(0, TOLD - 1)].map(({ message }) => message);
  const more = others.length - messages.length + 1;
  return { ...first, message: [...messages, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') };
};

type Bad = { readonly reasons: readonly Reason[]; readonly evidence: readonly EvidenceRef[] };

/** What shifted out of its declared range is one cause: the worst shift, then how it breaks the schema, then the rest. */
const asOneCause = (drift: Bad, schema: Bad): Bad => {
  const [worst, ...others] = drift.reasons;
  const refs = new Map([...drift.evidence, ...schema.evidence].map((ref) => [ref.key, ref]));
  return {
    reasons: [...(worst === undefined ? [] : [worst]), ...schema.reasons, ...others],
    evidence: [...refs.values()],
  };
};

/** Every feature that breaks the schema has drifted as well. */
const isSameCause = (drift: Bad, schema: Bad): boolean => {
  const shifted = new Set(drift.reasons.map(({ path }) => path));
  return schema.reasons.length > 0 && schema.reasons.every(({ path }) => path !== undefined && shifted.has(path));
};

const badIn = ({ reports, schemaAfter }: HoldsInput): { drift: Bad; schema: Bad } => {
  const drifted = reports.findLast(({ document }) => document.drift?.outcome === 'drifted');
  const broken = reports.findLast(
    ({ document }) => document.schema.outcome === 'violated' && document.to > schemaAfter,
  );
  const drift = { reasons: drifted?.document.drift?.reasons ?? [], evidence: drifted ? [drifted.ref] : [] };
  const schema = { reasons: broken?.document.schema.reasons ?? [], evidence: broken ? [broken.ref] : [] };
  return isSameCause(drift, schema)
    ? { drift: asOneCause(drift, schema), schema: { reasons: [], evidence: [] } }
    : { drift, schema };
};

/**
 * The holds that a check asks for: at most one for each signal and one for each cause, with the numbers of the latest bad
 * window. They pause and never evict: a check can be wrong, and traffic that stays where it is harms nobody anew.
 */
export const requestedHolds = (input: HoldsInput): RequestedHold[] => {
  const { stream, environment, severity, burn } = input;
  const { model, version, deployment } = stream;
  const hold = (signal: CheckSignal, { reasons, evidence }: Bad, gravity: HoldSeverity): RequestedHold[] => {
    const reason = asOne(reasons);
    if (reason === undefined || evidence.length === 0) return [];
    return [
      {
        scope: { model, version, environment },
        deployment,
        effect: 'pause',
        severity: gravity,
        reason,
        evidence: [...evidence],
        runbook: RUNBOOKS[signal],
        placedBy: { kind: 'signal', signal },
      },
    ];
  };
  const { drift, schema } = badIn(input);
  // A budget that burns slowly is a ticket by its metric and its fact; it is no reason to stop a rollout.
  const burning = burn?.document.filter(({ outcome, pausesRollouts }) => outcome === 'burning' && pausesRollouts) ?? [];
  const urgent = burning.toSorted((a, b) => Number(b.severity === 'page') - Number(a.severity === 'page'));
  const burnt = { reasons: urgent.flatMap(({ reasons }) => reasons), evidence: burn === undefined ? [] : [burn.ref] };
  return [
    ...hold('drift.feature-shifted', drift, severity),
    ...hold('drift.schema-broken', schema, severity),
    ...hold('slo.budget-burning', burnt, urgent[0]?.severity ?? 'ticket'),
  ];
};
