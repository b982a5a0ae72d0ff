import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Cell, Table } from '../report.ts';
import { MB } from '../sample.ts';
import { ask, type Contender } from './contenders.ts';

/** So many files of each kind: one of the scanners takes a second for each. */
const OF_EACH = 10;

const kindOf = (path: string): string => basename(path).replace(/-?\d*\.(\w+)$/, ' .$1');

/** Files by kind, each list twice: the second time the scanner is warm. */
export const speeds = async (
  paths: readonly string[],
  contenders: readonly Contender[],
  tell: (line: string) => void,
): Promise<Table> => {
  const kinds = [...Map.groupBy(paths, kindOf)].map(([kind, files]) => [kind, files.slice(0, OF_EACH)] as const);
  const sizes = kinds.map(([, files]) => files.reduce((sum, path) => sum + statSync(path).size, 0));
  const rows: Cell[][] = [];
  for (const each of contenders) {
    tell(`speed: ${each.name}`);
    const once = kinds.flatMap(([, files]) => files);
    const warm = (await ask(each, [...once, ...once])).slice(once.length);
    const seconds = new Map(warm.map((answer) => [answer.path, answer.seconds]));
    const speed = kinds.map(([, files], index) => {
      const all = files.reduce((sum, path) => sum + (seconds.get(path) ?? 0), 0);
      return (sizes[index] ?? 0) / all / MB;
    });
    rows.push([each.name, ...speed]);
  }
  return {
    title: 'MB/s by kind of file, in one process, warm: size over time, however little is read',
    columns: ['scanner', ...kinds.map(([kind], index) => `${kind}, ${((sizes[index] ?? 0) / MB).toFixed(1)} MB`)],
    rows,
  };
};
