import { HARMS, HEALTHY, MIXED_STEPS, RULES, STEPS, STORMY, share, simulateMany } from './simulated-rollouts.ts';

// How often the judge of rollouts stops a healthy one, and how soon it stops a harmful one. `node bench/judge.ts [rollouts]`
const ROLLOUTS = Number(process.argv[2] ?? 10_000);
const HARMFUL = Math.max(200, ROLLOUTS / 10);

const percent = (part: number) => `${(part * 100).toFixed(2)} %`;
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

console.log(`${ROLLOUTS} healthy rollouts each, judged every minute; stated α ${percent(RULES.alpha)} of rollouts`);
let worst = 0;
const healthy = [
  ...Object.entries(HEALTHY).map(([name, scenario]) => [name, scenario, STEPS] as const),
  ['both streams swing and fail together', STORMY, MIXED_STEPS] as const,
];
for (const [name, scenario, steps] of healthy) {
  const outcomes = simulateMany(scenario, ROLLOUTS, 20_261_123, steps);
  const falsely = share(outcomes, 'rolled back');
  worst = Math.max(worst, falsely);
  console.log(
    `  ${name.padEnd(38)} rolled back ${percent(falsely)}, promoted ${percent(share(outcomes, 'promoted'))}, not enough data ${percent(share(outcomes, 'undecided'))}`,
  );
}

console.log(`${HARMFUL} harmful rollouts each, 6000 requests a minute, from the step named on`);
for (const [name, scenario] of Object.entries(HARMS)) {
  for (const [index, first] of STEPS.slice(0, 3).entries()) {
    const outcomes = simulateMany(scenario, HARMFUL, 7 + index, STEPS.slice(index));
    const stopped = outcomes.filter(({ outcome }) => outcome === 'rolled back');
    const atFirst = stopped.filter(({ step }) => step === 0);
    console.log(
      `  ${name.padEnd(26)} from ${percent(first).padStart(7)}: stopped ${percent(share(outcomes, 'rolled back'))}, ` +
        `in that step ${percent(atFirst.length / outcomes.length)} after a median of ${median(atFirst.map(({ minute }) => minute))} min`,
    );
  }
}

if (worst > RULES.alpha) {
  console.error(`False rollbacks ${percent(worst)} exceed the stated ${percent(RULES.alpha)}.`);
  process.exitCode = 1;
}
