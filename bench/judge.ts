import type { Benchmark, Cell, Table } from './report.ts';
import { median } from './sample.ts';
import { HARMS, HEALTHY, MIXED_STEPS, RULES, STEPS, STORMY, share, simulateMany } from './simulated-rollouts.ts';

const ROLLOUTS = 10_000;
const HARMFUL = ROLLOUTS / 10;
const SEED = 20_261_123;

type Tell = (line: string) => void;

const percent = (part: number): number => part * 100;

const falseRollbacks = (tell: Tell): Table => {
  const healthy = [
    ...Object.entries(HEALTHY).map(([name, scenario]) => [name, scenario, STEPS] as const),
    ['both streams swing and fail together', STORMY, MIXED_STEPS] as const,
  ];
  const rows = healthy.map(([name, scenario, steps]): Cell[] => {
    tell(`${ROLLOUTS} healthy rollouts: ${name}`);
    const outcomes = simulateMany(scenario, ROLLOUTS, SEED, steps);
    const falsely = share(outcomes, 'rolled back');
    return [
      name,
      percent(falsely),
      falsely / RULES.alpha,
      percent(share(outcomes, 'promoted')),
      percent(share(outcomes, 'undecided')),
    ];
  });
  return {
    title: `False rollbacks: ${ROLLOUTS} rollouts of a version that is no worse, each judged every minute; α ${percent(RULES.alpha)} % of rollouts`,
    columns: ['traffic', 'rolled back %', 'ratio to α', 'promoted %', 'not enough data %'],
    rows,
  };
};

const power = (tell: Tell): Table => {
  const rows = Object.entries(HARMS).flatMap(([name, scenario]) =>
    STEPS.slice(0, 3).map((first, index): Cell[] => {
      tell(`${HARMFUL} harmful rollouts: ${name} from ${percent(first)} %`);
      const outcomes = simulateMany(scenario, HARMFUL, 7 + index, STEPS.slice(index));
      const atFirst = outcomes.filter(({ outcome, step }) => outcome === 'rolled back' && step === 0);
      return [
        name,
        percent(first),
        percent(share(outcomes, 'rolled back')),
        percent(atFirst.length / outcomes.length),
        atFirst.length === 0 ? 'never' : median(atFirst.map(({ minute }) => minute)),
      ];
    }),
  );
  return {
    title: `Power: ${HARMFUL} rollouts of a version that is worse, 6,000 requests a minute`,
    columns: ['harm', 'from step of %', 'rolled back %', 'in that step %', 'median min until then'],
    rows,
  };
};

/** How often the judge of rollouts stops a healthy one, and how soon it stops a harmful one. */
export const judge: Benchmark = async (tell) => ({
  tables: [falseRollbacks(tell), power(tell)],
  notes: [
    'Traffic is simulated, seeds are fixed: every run gives the same numbers.',
    'A rollout counts as falsely rolled back if that happens in any minute of any of its steps.',
    'Not enough data is neither: the rollout is held for a person at its deadline.',
  ],
});
