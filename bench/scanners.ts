import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LocalAwsUnavailable } from '../local/problem.ts';
import type { Benchmark, Report, Table } from './report.ts';
import { type Contender, contender, MODELS_AT_MOST, PEER_NAMES, peer, pins } from './scanners/contenders.ts';
import { ATTACKS, attacks, dense, type Models, ordinary, REAL, realModels, vectors } from './scanners/corpora.ts';
import { race } from './scanners/races.ts';
import { speeds } from './scanners/speed.ts';
import { judge } from './scanners/verdicts.ts';

type Tell = (line: string) => void;

class Comparison {
  readonly notes: string[] = [];
  readonly tables: Table[] = [];
  readonly #tell: Tell;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** What can be had is compared; what cannot is named. */
  async attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (problem) {
      if (!(problem instanceof LocalAwsUnavailable)) throw problem;
      this.notes.push(`SKIPPED ${what}: ${problem.message}`);
      return undefined;
    }
  }

  async contenders(): Promise<Contender[]> {
    const peers: Contender[] = [];
    for (const name of PEER_NAMES) peers.push(...((await this.attempt(name, () => peer(name, this.#tell))) ?? []));
    return [await contender(), ...peers];
  }

  async collect(parts: readonly (readonly [string, () => Promise<Models>])[]): Promise<Models> {
    const all = new Map<string, readonly string[]>();
    for (const [what, make] of parts)
      for (const [name, paths] of (await this.attempt(what, make)) ?? []) all.set(name, paths);
    return all;
  }

  /** @param wrong whether our answer for a model is one to be named */
  async judge(
    title: string,
    models: Models,
    by: { contenders: readonly Contender[]; wrong: (said: string) => boolean },
  ) {
    const { table, ours } = await judge(`${title}, ${models.size}`, { models, contenders: by.contenders }, this.#tell);
    this.tables.push(table);
    for (const [model, said] of ours) if (by.wrong(said)) this.notes.push(`OURS IS WRONG on ${model}: ${said}`);
  }
}

/** The same work as without it. */
const STRICT = 'picklescan --strict';

/** Ours against the scanners that people use, on the same files in the same run. */
export const scanners: Benchmark = async (tell): Promise<Report> => {
  const comparison = new Comparison(tell);
  const contenders = await comparison.contenders();
  const isClean = (said: string): boolean => said === 'clean' || said === 'not scanned';

  const hostile = vectors();
  await comparison.judge('Hostile vectors of the tests', hostile, { contenders, wrong: isClean });
  const made = await comparison.collect(
    ATTACKS.map(([name, maker]) => [`attacks of ${name}`, () => attacks(name, maker, tell)] as const),
  );
  await comparison.judge('Hostile models that real libraries wrote', made, { contenders, wrong: isClean });
  const real = await comparison.collect(
    REAL.map((name) => [`real models of ${name}`, () => realModels(name, tell)] as const),
  );
  await comparison.judge('Real models', real, { contenders, wrong: (said) => said !== 'clean' });

  const folder = await comparison.attempt('ordinary models', () => ordinary(tell));
  const pickle = await comparison.attempt('the dense pickle', dense);
  if (folder !== undefined) {
    const files = readdirSync(folder).map((name) => join(folder, name));
    comparison.tables.push(await speeds(files, contenders, tell));
    const title = `The command on a folder of ${files.length} ordinary models`;
    const quick = contenders.filter(({ name, takesFolders }) => takesFolders && name !== STRICT);
    comparison.tables.push(await race({ title, path: folder, rounds: 9, contenders: quick }, tell));
  }
  if (pickle !== undefined) {
    const quick = contenders.filter(({ name }) => name !== STRICT);
    const title = 'The command on a pickle of 400,000 dicts';
    comparison.tables.push(await race({ title, path: pickle, rounds: 3, contenders: quick }, tell));
  }
  return {
    tables: comparison.tables,
    notes: [
      `Against ${pins().join(', ')}; each in an environment of its own, CPython 3.11.`,
      `Of more than ${MODELS_AT_MOST} models, modelaudit is asked about every so manieth: it takes about a second for each.`,
      'flagged: malicious or worse than suspicious, by its own words; ours: malicious or suspicious, which both refuse.',
      'failed: an error, or for ours a refusal because the file is not understood. Neither is a pass, nor an answer.',
      'MB read: what the process asked of the kernel by read and pread (rchar of /proc/self/io) during the scans.',
      'Commands are python -m NAME and the one of the npm package, which Node ran once before; peak memory is that of the process, as wait4 tells it.',
      ...comparison.notes,
    ],
  };
};
