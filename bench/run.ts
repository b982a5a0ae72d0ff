import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalAwsUnavailable } from '../local/problem.ts';
import { machine, machineText } from './machine.ts';
import { type Benchmark, type Report, reportText, type Wishes } from './report.ts';

const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  hash: async () => (await import('./hash.ts')).hash,
  scan: async () => (await import('./scan.ts')).scan,
  'real-models': async () => (await import('./real-models.ts')).realModels,
  scanners: async () => (await import('./scanners.ts')).scanners,
  audit: async () => (await import('./audit.ts')).audit,
  canonical: async () => (await import('./canonical.ts')).canonical,
  check: async () => (await import('./check.ts')).check,
  handlers: async () => (await import('./handlers.ts')).handlers,
  judge: async () => (await import('./judge.ts')).judge,
  'drift-false-alarms': async () => (await import('./drift-false-alarms.ts')).driftFalseAlarms,
  sketching: async () => (await import('./sketching.ts')).sketching,
  fuzz: async () => (await import('./fuzz.ts')).fuzz,
  'intake-latency': async () => (await import('./intake-latency.ts')).intakeLatency,
};

/** Runs when it is named, since it never ends by itself and needs no machine to compare with. */
const ONLY_NAMED: ReadonlySet<string> = new Set(['fuzz', 'scanners', 'real-models']);

const USAGE = `Usage: npm run bench -- [NAME …] [--json FILE] [--seconds N] [--seed N] [--only PART …]
  NAME    ${Object.keys(benchmarks).join(', ')}; when none is named all
          but those that install or take as long as they are let: ${[...ONLY_NAMED].join(', ')}
  --json  also write everything that was measured to this file
  --seconds, --seed, --only   for fuzz: how long for each reader, from which seed, which readers

Exits with 0 when everything could be measured, whatever came out; with 1 when something could not.`;

type Call = { names: string[]; json: string | undefined; wishes: Wishes };

const number = (name: string, text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`--${name} takes a whole number above 0, not ${text}.`);
  return Number(text);
};

const readCall = (args: string[]): Call => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) throw new TypeError('Here is how it is used.');
  const unknown = positionals.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) throw new TypeError(`There is no benchmark named ${unknown}.`);
  return {
    names: positionals.length > 0 ? positionals : Object.keys(benchmarks).filter((name) => !ONLY_NAMED.has(name)),
    json: values.json === undefined ? undefined : resolve(values.json),
    wishes: {
      only: values.only ?? [],
      ...(values.seconds !== undefined && { seconds: number('seconds', values.seconds) }),
      ...(values.seed !== undefined && { seed: number('seed', values.seed) }),
    },
  };
};

const tell = (line: string): void => console.error(`  ${line}`);

/** What cannot be measured is said, and the others are measured all the same. */
const measure = async (name: string, wishes: Wishes): Promise<Report | undefined> => {
  console.log(`\n══ ${name}`);
  try {
    const benchmark = await benchmarks[name]?.();
    const report = await benchmark?.(tell, wishes);
    if (report !== undefined) console.log(`\n${reportText(report)}`);
    return report;
  } catch (problem) {
    if (!(problem instanceof Error)) throw problem;
    console.error(problem instanceof LocalAwsUnavailable ? problem.message : problem.stack);
    process.exitCode = 1;
    return undefined;
  }
};

const main = async ({ names, json, wishes }: Call): Promise<void> => {
  const on = machine();
  console.log(machineText());
  const measured: Record<string, Report | null> = {};
  for (const name of names) measured[name] = (await measure(name, wishes)) ?? null;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine: on, measured }, undefined, 2)}\n`);
};

const callOrUsage = (): Call | undefined => {
  try {
    return readCall(process.argv.slice(2));
  } catch (problem) {
    console.error(`${problem instanceof Error ? problem.message : problem}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
const call = callOrUsage();
if (call !== undefined) await main(call);
