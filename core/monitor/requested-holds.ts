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

/**
 * The holds that a check asks for: at most one for each signal, with the numbers of the latest bad window. They pause
 * and never evict: a check can be wrong, and traffic that stays where it is harms nobody anew.
 */
export const requestedHolds = ({ stream, environment, severity, reports, burn }: HoldsInput): RequestedHold[] => {
  const { model, version, deployment } = stream;
  const hold = (
    signal: CheckSignal,
    reasons: readonly Reason[],
    evidence: EvidenceRef | undefined,
    gravity: HoldSeverity,
  ): RequestedHold[] => {
    const reason = asOne(reasons);
    if (reason === undefined || evidence === undefined) return [];
    const placedBy = { kind: 'signal' as const, signal };
    const scope = { model, version, environment };
    const effect = 'pause' as const;
    return [
      {
        scope,
        deployment,
        effect,
        severity: gravity,
        reason,
        evidence: [evidence],
        runbook: RUNBOOKS[signal],
        placedBy,
      },
    ];
  };
  const drifted = reports.findLast(({ document }) => document.drift?.outcome === 'drifted');
  const broken = reports.findLast(({ document }) => document.schema.outcome === 'violated');
  // A budget that burns slowly is a ticket by its metric and its fact; it is no reason to stop a rollout.
  const burning = burn?.document.filter(({ outcome, pausesRollouts }) => outcome === 'burning' && pausesRollouts) ?? [];
  const urgent = burning.toSorted((a, b) => Number(b.severity === 'page') - Number(a.severity === 'page'));
  return [
    ...hold('drift.feature-shifted', drifted?.document.drift?.reasons ?? [], drifted?.ref, severity),
    ...hold('drift.schema-broken', broken?.document.schema.reasons ?? [], broken?.ref, severity),
    ...hold(
      'slo.budget-burning',
      urgent.flatMap(({ reasons }) => reasons),
      burn?.ref,
      urgent[0]?.severity ?? 'ticket',
    ),
  ];
};
