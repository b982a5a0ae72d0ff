import { join } from 'node:path';
import { scan } from '../cli/scan/scan.ts';
import type { FileScan } from '../core/scanning/contract.ts';
import { LocalAwsUnavailable } from '../local/problem.ts';
import { ENVIRONMENTS, ensureModels } from './real-models/environments.ts';
import { libraryOf, manifest } from './real-models/model-files.ts';
import type { Benchmark, Cell, Report } from './report.ts';

type Scanned = Pick<FileScan, 'path' | 'format' | 'verdict' | 'size' | 'bytesRead' | 'findings'>;

const context = { signal: new AbortController().signal, progress: () => {} };

const scanAll = async (folder: string): Promise<Scanned[]> => {
  const { document } = await scan({ paths: [folder] }, context);
  const { files } = document as { files: Scanned[] };
  return files.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
};

const row = (library: string, files: readonly Scanned[]): Cell[] => [
  library,
  files.length,
  [...new Set(files.map(({ format }) => format))].sort().join(', '),
  files.filter(({ verdict }) => verdict !== 'clean').length,
];

/** What the manifest lists of an environment and was not made, and the other way round. */
const differences = (name: string, made: readonly Scanned[]): string[] => {
  const listed = new Set(manifest().flatMap(({ path }) => (path.startsWith(`${name}/`) ? [path] : [])));
  const found = new Set(made.map(({ path }) => join(name, path)));
  const missing = [...listed].filter((path) => !found.has(path)).map((path) => `${path} is listed and was not made`);
  return [...missing, ...[...found].filter((path) => !listed.has(path)).map((path) => `${path} is not listed`)];
};

/** Our scanner on models made by real libraries: none of them is anything but clean. */
export const realModels: Benchmark = async (tell): Promise<Report> => {
  const rows: Cell[][] = [];
  const notes: string[] = [];
  for (const name of Object.keys(ENVIRONMENTS)) {
    try {
      const made = await scanAll(await ensureModels(name, {}, tell));
      const libraries = Map.groupBy(made, ({ path }) => libraryOf(path));
      for (const [library, files] of libraries) rows.push(row(library, files));
      notes.push(...differences(name, made));
      for (const { path, findings, verdict } of made.filter(({ verdict }) => verdict !== 'clean'))
        notes.push(`FALSE ALARM ${path}: ${verdict}, ${findings[0]?.rule}: ${findings[0]?.what}`);
    } catch (problem) {
      if (!(problem instanceof LocalAwsUnavailable)) throw problem;
      notes.push(`SKIPPED the models of ${name}: ${problem.message}`);
    }
  }
  const sum = (column: number): number => rows.reduce((total, each) => total + Number(each[column]), 0);
  return {
    tables: [
      {
        title: 'Models made by real libraries, scanned by ours',
        columns: ['library', 'files', 'formats', 'false alarms'],
        rows: [...rows, ['all', sum(1), '', sum(3)]],
      },
    ],
    notes,
  };
};
