import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EnvContract } from '../core/kernel/contract.ts';
import { root } from '../local/paths.ts';
import { median, times } from './sample.ts';

export type ImportTime = { medianMs: number; bestMs: number; cpuMs: number };

/** Both are taken before anything is printed: opening the output is work too, and not the module's. */
const IMPORT = `
const cpu = process.cpuUsage();
const began = performance.now();
await import(process.argv[1]);
const ms = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write('\\n' + JSON.stringify({ ms, cpuMs: (user + system) / 1000 }) + '\\n');
process.exit();`;

const importOnce = (file: string, env: Readonly<Record<string, string>>): { ms: number; cpuMs: number } => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', IMPORT, pathToFileURL(file).href], {
    env: { ...env, PATH: process.env.PATH ?? '' },
    encoding: 'utf8',
  });
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
};

type Capability = Partial<Record<'tasks' | 'reactors', Record<string, { env: EnvContract }>>>;

/** The first of these that a variable's schema takes: what a handler does with its value comes after its import. */
const SOME_VALUES = ['anything', '1', '{}', '[]', '["anything"]'];

/** Every variable of every contract: a handler reads its own of them while it is imported. */
const handlerEnv = async (): Promise<Record<string, string>> => {
  const env: Record<string, string> = { AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'bench' };
  for (const path of globSync('core/*/contract.ts', { cwd: root })) {
    const capabilities = Object.values(await import(pathToFileURL(join(root, path)).href)) as Capability[];
    const contracts = capabilities.flatMap((each) => [
      ...Object.values(each?.tasks ?? {}),
      ...Object.values(each?.reactors ?? {}),
    ]);
    for (const [name, schema] of contracts.flatMap((contract) => Object.entries(contract.env.shape))) {
      const value = SOME_VALUES.find((candidate) => schema.safeParse(candidate).success);
      if (value === undefined) throw new RangeError(`no value known that ${name} takes`);
      env[name] = value;
    }
  }
  return env;
};

/** By file, each import in a fresh process. All files in each round, so that the machine's noise meets them alike. */
export const importTimes = async (
  files: readonly string[],
  rounds: number,
  tell: (line: string) => void,
): Promise<Map<string, ImportTime>> => {
  const env = await handlerEnv();
  const taken = new Map(files.map((file) => [file, [] as { ms: number; cpuMs: number }[]]));
  for (const round of times(rounds)) {
    tell(`round ${round + 1} of ${rounds}`);
    for (const file of files) taken.get(file)?.push(importOnce(file, env));
  }
  return new Map(
    [...taken].map(([file, all]) => {
      const ms = all.map((one) => one.ms);
      return [file, { medianMs: median(ms), bestMs: Math.min(...ms), cpuMs: median(all.map(({ cpuMs }) => cpuMs)) }];
    }),
  );
};
