import type { Cell, Table } from '../report.ts';
import { MB } from '../sample.ts';
import { ask, type Contender, type Said } from './contenders.ts';
import type { Models } from './corpora.ts';

/** What is said of a folder is the worst that is said of a file in it. */
const WORST: readonly Said[] = ['flagged', 'suspicious', 'failed', 'clean', 'not scanned'];
const worst = (said: readonly Said[]): Said => WORST.find((each) => said.includes(each)) ?? 'not scanned';

const COLUMNS: readonly Said[] = ['flagged', 'suspicious', 'failed', 'not scanned', 'clean'];

/** Evenly over all of them. */
const sampleOf = (models: Models, { modelsAtMost }: Contender): Models => {
  const step = modelsAtMost === undefined ? 1 : Math.ceil(models.size / modelsAtMost);
  return new Map([...models].filter((_, index) => index % step === 0));
};

/** What one scanner says of each model. */
const saidOf = async (by: Contender, models: Models) => {
  const answers = await ask(by, [...models.values()].flat());
  const verdicts = new Map(answers.map(({ path, verdict }) => [path, verdict]));
  const said = [...models].map(
    ([name, paths]) => [name, worst(paths.map((path) => verdicts.get(path) ?? 'failed'))] as const,
  );
  const sum = (of: 'read' | 'seconds'): number => answers.reduce((total, answer) => total + answer[of], 0);
  return { said, read: sum('read'), seconds: sum('seconds') };
};

export type Judged = { readonly table: Table; readonly ours: readonly (readonly [model: string, said: Said])[] };

/** A row for each scanner. */
export const judge = async (
  title: string,
  { models, contenders }: { models: Models; contenders: readonly Contender[] },
  tell: (line: string) => void,
): Promise<Judged> => {
  const rows: Cell[][] = [];
  let ours: Judged['ours'] = [];
  for (const each of contenders) {
    tell(`${title}: ${each.name}`);
    const asked = sampleOf(models, each);
    const { said, read, seconds } = await saidOf(each, asked);
    const count = (wanted: Said): number => said.filter(([, verdict]) => verdict === wanted).length;
    rows.push([each.name, asked.size, ...COLUMNS.map(count), read / MB, seconds]);
    if (each === contenders[0]) ours = said;
  }
  return { table: { title, columns: ['scanner', 'models', ...COLUMNS, 'MB read', 's'], rows }, ours };
};
