import type { Reason } from '../kernel/reason.ts';
import type { Tally } from '../telemetry/contract.ts';
import { adjustedPValues } from './benjamini-hochberg.ts';
import type { DriftFinding, DriftOutcome, DriftReport, DriftSettings } from './contract.ts';
import { figure, grouped } from './figure.ts';
import { type Measured, measure } from './measure.ts';
import { observationsIn, signalsOf } from './signals.ts';

export type DriftInput = {
  /** What the model was made for. */
  readonly baseline: Tally;
  /**
   * Earlier windows as long as the current one, oldest first, none of which overlaps it. They may be of earlier
   * versions with the same features: what is usual belongs to the traffic, not to the model.
   */
  readonly history: readonly Tally[];
  readonly current: Tally;
  /** Indices that a person accepted when lifting a hold, by signal. */
  readonly accepted?: ReadonlyMap<string, number>;
};

const describe = ({ name, n, psi, usual, limit }: Measured): string =>
  [
    `${name}: ${psi === undefined ? 'not enough values' : `PSI ${figure(psi)}`}`,
    ...(usual === undefined ? [] : [`was ${figure(usual)}`]),
    ...(limit === undefined ? [] : [`limit ${figure(limit)}`]),
    `n ${grouped(n)}`,
  ].join(', ');

/**
 * What follows from what was measured. A signal has drifted when it is further from the baseline than its limit and
 * that is not chance, with the number of signals asked about taken into account (Benjamini–Hochberg). Values of a window
 * depend on each other, so chance alone is a weak witness: it guards small samples, the limit guards the rest.
 */
export const judge = (measured: readonly Measured[], settings: DriftSettings): DriftFinding[] => {
  const adjusted = adjustedPValues(measured.flatMap(({ pValue }) => pValue ?? []));
  let next = 0;
  return measured.map((signal) => {
    const message = describe(signal);
    const { psi, limit, pValue } = signal;
    if (psi === undefined || limit === undefined || pValue === undefined)
      return { ...signal, outcome: 'not-enough-data', message, elevated: false };
    const adjustedPValue = adjusted[next++] as number;
    const drifted = psi > limit && adjustedPValue <= settings.falseDiscoveryRate;
    return {
      ...signal,
      outcome: drifted ? 'drifted' : 'stable',
      message,
      elevated: !drifted && psi > settings.floor,
      adjustedPValue,
    };
  });
};

const excess = ({ psi = 0, limit = 1 }: DriftFinding): number => psi / limit;

const reasonFor = ({ signal, name, message, psi, limit }: DriftFinding): Reason => ({
  rule: `drift.${signal}-drifted`,
  message,
  path: signal === 'feature' ? `$.features[${JSON.stringify(name)}]` : `$.${name}`,
  found: `PSI ${figure(psi ?? 0)}`,
  allowed: `up to ${figure(limit ?? 0)}`,
});

const outcomeOf = (findings: readonly DriftFinding[]): DriftOutcome => {
  const outcomes = new Set(findings.map(({ outcome }) => outcome));
  if (outcomes.has('drifted')) return 'drifted';
  return outcomes.has('stable') ? 'stable' : 'not-enough-data';
};

/**
 * Whether the traffic of a window is still what the model was made for, per feature and for its answers. Too little
 * data never says drift, and never says that all is well.
 */
export const detectDrift = (input: DriftInput, settings: DriftSettings): DriftReport => {
  const windows = {
    baseline: observationsIn(input.baseline),
    history: input.history.map(observationsIn),
    current: observationsIn(input.current),
  };
  const measured = signalsOf(input.baseline).map((signal) =>
    measure(signal, windows, input.accepted?.get(signal.name) ?? 0, settings),
  );
  const findings = judge(measured, settings);
  const reasons = findings
    .filter(({ outcome }) => outcome === 'drifted')
    .sort((a, b) => excess(b) - excess(a))
    .map(reasonFor);
  return { outcome: outcomeOf(findings), reasons, findings, history: input.history.length };
};
