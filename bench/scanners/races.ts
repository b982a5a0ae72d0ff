import { statSync } from 'node:fs';
import type { Cell, Table } from '../report.ts';
import { MB, MiB, median, times } from '../sample.ts';
import { type Contender, measuringPython, type Run, runOnce } from './contenders.ts';

type Race = {
  readonly title: string;
  readonly path: string;
  readonly rounds: number;
  readonly contenders: readonly Contender[];
};

const middle = (runs: readonly Run[], of: (run: Run) => number): number => median(runs.map(of));

/** Commands in fresh processes, start included, in turn: the machine's noise meets them alike. */
export const race = async ({ title, path, rounds, contenders }: Race, tell: (line: string) => void): Promise<Table> => {
  const runs = new Map<Contender, Run[]>(contenders.map((each) => [each, []]));
  for (const round of times(rounds))
    for (const each of contenders) {
      // What takes a second for each model runs once: it is no close race.
      if (round > 0 && each.modelsAtMost !== undefined) continue;
      tell(`${title}: ${each.name}, ${round + 1} of ${rounds}`);
      runs.get(each)?.push(await runOnce(measuringPython(), each.command(path)));
    }
  const ours = runs.get(contenders[0] as Contender) ?? [];
  const rows = [...runs].map(([{ name }, own]): Cell[] => {
    const seconds = middle(own, (run) => run.seconds);
    const peak = Math.max(...own.map((run) => run.peakBytes));
    const speed = statSync(path).isFile() ? [statSync(path).size / seconds / MB] : [];
    return [
      name,
      seconds,
      Math.min(...own.map((run) => run.seconds)),
      middle(own, (run) => run.cpu),
      ...speed,
      peak / MiB,
      seconds / middle(ours, (run) => run.seconds),
      peak / Math.max(...ours.map((run) => run.peakBytes)),
      own.at(-1)?.exit ?? '',
    ];
  });
  const speed = statSync(path).isFile() ? ['MB/s'] : [];
  return {
    title,
    columns: ['command', 's', 'best s', 'cpu s', ...speed, 'peak MiB', 'time, of ours', 'memory, of ours', 'exit'],
    rows,
  };
};
