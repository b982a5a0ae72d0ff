import type { DriftSettings } from './contract.ts';

/** How far a window was from the reference: the stability index, what chance alone makes of it, and the sample size. */
export type Effect = { readonly psi: number; readonly chance: number; readonly n: number };

export type RangeSettings = Pick<
  DriftSettings,
  'minimumSample' | 'floor' | 'newModelFloor' | 'minimumHistory' | 'deviations' | 'ceiling'
>;

/** Up to where an index is usual. `usual` is absent while there is no history. */
export type UsualRange = { readonly limit: number; readonly usual?: number };

/**
 * The root of what exceeds chance. The index grows with the square of a shift, so its distribution has a long tail; the
 * root grows with the shift itself, and a mean and a standard deviation describe it.
 */
const rootOf = ({ psi, chance }: Effect): number => Math.sqrt(Math.max(0, psi - chance));

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Correlation of each value with the next one, from nothing (negative counts as nothing) to almost everything. */
const autocorrelation = (deviations: readonly number[], squares: number): number => {
  if (squares === 0) return 0;
  const products = deviations.reduce((sum, value, i) => sum + value * (deviations[i + 1] ?? 0), 0);
  return Math.min(0.9, Math.max(0, products / squares));
};

/**
 * Where the next root will lie if nothing has changed: a prediction interval for a stationary series. Values that follow
 * each other are alike, so `h` of them are worth only h (1 − r) / (1 + r) independent ones: their scatter understates
 * the true one, and their mean is less sure. Bayley and Hammersley (1946).
 */
const highestUsual = (roots: readonly number[], deviationsAllowed: number): number => {
  const mean = meanOf(roots);
  const deviations = roots.map((root) => root - mean);
  const squares = deviations.reduce((sum, value) => sum + value * value, 0);
  const r = autocorrelation(deviations, squares);
  const independent = Math.max(2, (roots.length * (1 - r)) / (1 + r));
  const variance = squares / roots.length / (1 - 1 / independent);
  return mean + deviationsAllowed * Math.sqrt(variance * (1 + 1 / independent));
};

const rangeOf = (roots: readonly number[], settings: RangeSettings): UsualRange => {
  if (roots.length < settings.minimumHistory) return { limit: settings.newModelFloor };
  const learned = highestUsual(roots, settings.deviations) ** 2;
  return { limit: Math.min(settings.ceiling, Math.max(settings.floor, learned)), usual: meanOf(roots) ** 2 };
};

/**
 * What is usual after these windows, oldest first. A window above what was usual before it is left out: a drift that
 * goes on must not become usual by going on.
 */
export const usualRange = (history: readonly Effect[], settings: RangeSettings): UsualRange => {
  const roots: number[] = [];
  for (const effect of history) {
    const root = rootOf(effect);
    if (effect.n >= settings.minimumSample && root ** 2 <= rangeOf(roots, settings).limit) roots.push(root);
  }
  return rangeOf(roots, settings);
};
