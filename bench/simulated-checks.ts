import { chiSquareOfTwo } from '../core/drift/chi-square.ts';
import type { DriftSettings } from '../core/drift/contract.ts';
import { judge } from '../core/drift/detect-drift.ts';
import { effectOf, type Measured } from '../core/drift/measure.ts';
import { type Effect, type UsualRange, usualRange } from '../core/drift/usual-range.ts';
import {
  commonWandering,
  type Restlessness,
  type SimulatedFeature,
  seeded,
  simulatedFeature,
  simulatedVolume,
} from './simulated-traffic.ts';

const HOURS = 24;
const HISTORY_DAYS = 28;
/** The baseline data set: the traffic of four weeks before the model went live. */
const BASELINE_HOURS = 4 * 7 * HOURS;

const addTo = (total: number[], counts: readonly number[], sign = 1): void => {
  counts.forEach((count, bin) => {
    total[bin] = (total[bin] ?? 0) + sign * count;
  });
};

/** One feature under watch, as the hourly check with a window of 24 hours and the defaults sees it. */
class WatchedFeature {
  readonly #simulate: SimulatedFeature;
  readonly #settings: DriftSettings;
  readonly #baseline: number[] = [];
  readonly #window: number[] = [];
  readonly #hours: number[][] = [];
  readonly #days: Effect[] = [];
  #range: UsualRange;

  constructor(simulate: SimulatedFeature, settings: DriftSettings) {
    this.#simulate = simulate;
    this.#settings = settings;
    this.#range = usualRange([], settings);
  }

  learnBaseline(hour: number, n: number, common: number): void {
    addTo(this.#baseline, this.#simulate(hour, n, common, 0));
  }

  /** What is measured at the end of an hour; a day is history when it ends before the window begins. */
  look(hour: number, n: number, common: number, shift: number): Effect | undefined {
    const counts = this.#simulate(hour, n, common, shift);
    this.#hours.push(counts);
    addTo(this.#window, counts);
    const gone = this.#hours.length > HOURS ? this.#hours.shift() : undefined;
    if (gone !== undefined) addTo(this.#window, gone, -1);
    if (this.#hours.length < HOURS) return undefined;
    const effect = effectOf(this.binned);
    if (hour % HOURS === 0) this.#range = usualRange(this.#days.slice(-HISTORY_DAYS - 1, -1), this.#settings);
    if (hour % HOURS === HOURS - 1) this.#days.push(effect);
    return effect;
  }

  get binned() {
    return { reference: this.#baseline, current: this.#window };
  }

  exceeds({ psi, chance }: Effect): boolean {
    return psi > this.#range.limit + chance;
  }

  measured({ psi, chance, n }: Effect, name: string): Measured {
    const { pValue } = chiSquareOfTwo(this.#baseline, this.#window);
    return { signal: 'feature', name, n, psi, limit: this.#range.limit + chance, pValue };
  }
}

export type Simulation = {
  readonly seed: number;
  readonly features: number;
  readonly weeks: number;
  readonly restlessness: Restlessness;
  readonly settings: DriftSettings;
  /** From this hour on the first feature is shifted by so many standard deviations. */
  readonly shift?: { readonly fromHour: number; readonly by: number };
};

/** The hours after which the check said drift. */
export const simulateChecks = (simulation: Simulation): number[] => {
  const { seed, features, weeks, restlessness, settings, shift } = simulation;
  const random = seeded(seed);
  const volume = simulatedVolume(random);
  const common = commonWandering(random);
  const watched = Array.from(
    { length: features },
    () => new WatchedFeature(simulatedFeature(random, restlessness), settings),
  );
  for (let hour = 0; hour < BASELINE_HOURS; hour += 1) {
    const [n, together] = [volume(hour), common()];
    for (const feature of watched) feature.learnBaseline(hour, n, together);
  }
  const drifted: number[] = [];
  for (let hour = 0; hour < weeks * 7 * HOURS; hour += 1) {
    const [n, together] = [volume(hour), common()];
    const by = shift !== undefined && hour >= shift.fromHour ? shift.by : 0;
    const effects = watched.map((feature, index) => feature.look(hour, n, together, index === 0 ? by : 0));
    const enough = (effect: Effect | undefined): effect is Effect => (effect?.n ?? 0) >= settings.minimumSample;
    // P-values decide only where a limit is exceeded; computing all of them every hour would take most of the time.
    if (!watched.some((feature, index) => enough(effects[index]) && feature.exceeds(effects[index]))) continue;
    const measured = watched.flatMap((feature, index) => {
      const effect = effects[index];
      return enough(effect) ? [feature.measured(effect, String(index))] : [];
    });
    if (judge(measured, settings).some(({ outcome }) => outcome === 'drifted')) drifted.push(hour);
  }
  return drifted;
};

/** Holds that these checks place: one stands until a day without drift has passed and a person has lifted it. */
export const holdsOf = (drifted: readonly number[]): number[] =>
  drifted.filter((hour, index) => index === 0 || hour - (drifted[index - 1] as number) > HOURS);
