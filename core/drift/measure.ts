import { type Binned, binsOf, type Observed } from './bins.ts';
import { chiSquareOfTwo } from './chi-square.ts';
import type { DriftFinding, DriftSettings } from './contract.ts';
import { jensenShannonDistance } from './jensen-shannon.ts';
import { type KsDistance, ksOfSketches } from './kolmogorov-smirnov.ts';
import { psi, psiOfChance } from './psi.ts';
import { type Observations, type Signal, sizeOf } from './signals.ts';
import { type Effect, usualRange } from './usual-range.ts';

export type Windows = {
  readonly baseline: Observations;
  /** Oldest first, none of which overlaps the current one. */
  readonly history: readonly Observations[];
  readonly current: Observations;
};

/** What is known of a signal before it is judged; only its name and size when there is too little of it. */
export type Measured = Omit<DriftFinding, 'outcome' | 'message' | 'elevated' | 'adjustedPValue'>;

/** What was accepted moves too: up to here it is no new drift. */
const ACCEPTED_MARGIN = 1.5;

export const effectOf = ({ reference, current }: Binned): Effect => ({
  psi: psi(reference, current),
  chance: psiOfChance(reference, current),
  n: current.reduce((sum, count) => sum + count, 0),
});

const allowing = (settings: DriftSettings, accepted: number): DriftSettings => ({
  ...settings,
  floor: Math.max(settings.floor, accepted),
  newModelFloor: Math.max(settings.newModelFloor, accepted),
  ceiling: Math.max(settings.ceiling, accepted),
});

const ksOf = (reference: Observed, current: Observed): KsDistance | undefined => {
  if (!reference.values?.count || !current.values?.count) return undefined;
  return ksOfSketches(reference.values, current.values);
};

/** How far a signal is from the baseline, and how far it usually is. `accepted` is an index that a person allowed. */
export const measure = (signal: Signal, windows: Windows, accepted: number, settings: DriftSettings): Measured => {
  const [reference, current] = [windows.baseline.of(signal), windows.current.of(signal)];
  const named = { ...signal, n: sizeOf(current) };
  if (named.n < settings.minimumSample || sizeOf(reference) < settings.minimumBaseline) return named;
  const compare = binsOf(reference);
  const history = windows.history
    .map((window) => window.of(signal))
    .filter((observed) => sizeOf(observed) >= settings.minimumSample)
    .map((observed) => effectOf(compare(observed)));
  const range = usualRange(history, allowing(settings, ACCEPTED_MARGIN * accepted));
  const binned = compare(current);
  const effect = effectOf(binned);
  const kolmogorovSmirnov = ksOf(reference, current);
  return {
    ...named,
    psi: effect.psi,
    limit: range.limit + effect.chance,
    ...(range.usual === undefined ? {} : { usual: range.usual }),
    jensenShannon: jensenShannonDistance(binned.reference, binned.current),
    ...(kolmogorovSmirnov === undefined ? {} : { kolmogorovSmirnov }),
    pValue: chiSquareOfTwo(binned.reference, binned.current).pValue,
  };
};
