import { DriftSettings } from '../core/drift/contract.ts';
import { holdsOf, simulateChecks } from './simulated-checks.ts';
import { times, USUAL } from './simulated-traffic.ts';

// How often the drift check holds a healthy model, and how soon a shifted one. `node bench/drift-false-alarms.ts [years]`
const YEARS = Number(process.argv[2] ?? 20);
const WEEKS = 52;
const FEATURES = 50;
const settings = DriftSettings.parse({});

/** Of a Poisson count, the largest mean that leaves 2.5 % for so few events (Garwood, 1936), by Wilson and Hilferty. */
const upperBound = (events: number): number => {
  const k = events + 1;
  return k * (1 - 1 / (9 * k) + 1.96 / (3 * Math.sqrt(k))) ** 3;
};

console.log(
  `False holds of healthy models: ${YEARS} models of one year each, ${YEARS * WEEKS} weeks, ${FEATURES} features, a check every hour`,
);
let lawful = true;
for (const [name, factor] of [
  ['calm', 0.5],
  ['usual', 1],
  ['restless', 1.5],
] as const) {
  const began = performance.now();
  const holds = Array.from({ length: YEARS }, (_, year) =>
    holdsOf(
      simulateChecks({
        seed: 1000 * (year + 1),
        features: FEATURES,
        weeks: WEEKS,
        restlessness: times(USUAL, factor),
        settings,
      }),
    ),
  );
  const count = holds.flat().length;
  const early = holds.flat().filter((hour) => hour < 15 * 24).length;
  if (name === 'usual' && count > YEARS) lawful = false;
  console.log(
    `  ${name.padEnd(9)} ${(count / YEARS).toFixed(2)} per model and year, at most ${(upperBound(count) / YEARS).toFixed(2)} ` +
      `(97.5 %); ${early} of ${count} in the first 15 days; ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
}

const TRIALS = 200;
const FROM_HOUR = 6 * 7 * 24;
console.log(`A feature of the usual kind shifts for good after six weeks: ${TRIALS} models each`);
for (const by of [0.25, 0.5, 0.75, 1, 1.5, 2, 3]) {
  const delays = Array.from({ length: TRIALS }, (_, trial) => {
    const shift = { fromHour: FROM_HOUR + (trial % 168), by };
    const drifted = simulateChecks({ seed: 7 + trial, features: 1, weeks: 9, restlessness: USUAL, settings, shift });
    const first = drifted.find((hour) => hour >= shift.fromHour);
    return first === undefined ? Number.POSITIVE_INFINITY : first - shift.fromHour + 1;
  }).sort((a, b) => a - b);
  const within = (hours: number) =>
    `${((100 * delays.filter((delay) => delay <= hours).length) / TRIALS).toFixed(0)} %`;
  const median = delays[TRIALS / 2 - 1] ?? Number.POSITIVE_INFINITY;
  console.log(
    `  by ${String(by).padEnd(4)} sd: held within 6 h ${within(6)}, a day ${within(24)}, a week ${within(168)}; ` +
      `median ${Number.isFinite(median) ? `${median} h` : 'none'}`,
  );
}

if (!lawful) {
  console.error('More than one false hold per model and year.');
  process.exitCode = 1;
}
