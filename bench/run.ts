import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalAwsUnavailable } from '../local/problem.ts';
import { machine, machineText } from './machine.ts';
import { type Benchmark, type Report, reportText } from './report.ts';

const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  hash: async () => (await import('./hash.ts')).hash,
  scan: async () => (await import('./scan.ts')).scan,
  'real-models': async () => (await import('./real-models.ts')).realModels,
  scanners: async () => (await import('./scanners.ts')).scanners,
  canonical: async () => (await import('./canonical.ts')).canonical,
  check: async () => (await import('./check.ts')).check,
  handlers: async () => (await import('./handlers.ts')).handlers,
  judge: async () => (await import('./judge.ts')).judge,
  'drift-false-alarms': async () => (await import('./drift-false-alarms.ts')).driftFalseAlarms,
  sketching: async () => (await import('./sketching.ts')).sketching,
  'intake-latency': async () => (await import('./intake-latency.ts')).intakeLatency,
};

const USAGE = `Usage: npm run bench -- [NAME …] [--json FILE]
  NAME    ${Object.keys(benchmarks).join(', ')}; all of them when none is named
  --json  also write everything that was measured to this file

Exits with 0 when everything could be measured, whatever came out; with 1 when something could not.`;

type Wishes = { names: string[]; json: string | undefined };

const readWishes = (args: string[]): Wishes => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) throw new TypeError('Here is how it is used.');
  const unknown = positionals.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) throw new TypeError(`There is no benchmark named ${unknown}.`);
  return {
    names: positionals.length > 0 ? positionals : Object.keys(benchmarks),
    json: values.json === undefined ? undefined : resolve(values.json),
  };
};

const tell = (line: string): void => console.error(`  ${line}`);

/** What cannot be measured is said, and the others are measured all the same. */
const measure = async (name: string): Promise<Report | undefined> => {
  console.log(`\n══ ${name}`);
  try {
    const benchmark = await benchmarks[name]?.();
    const report = await benchmark?.(tell);
    if (report !== undefined) console.log(`\n${reportText(report)}`);
    return report;
  } catch (problem) {
    if (!(problem instanceof Error)) throw problem;
    console.error(problem instanceof LocalAwsUnavailable ? problem.message : problem.stack);
    process.exitCode = 1;
    return undefined;
  }
};

const main = async ({ names, json }: Wishes): Promise<void> => {
  const on = machine();
  console.log(machineText());
  const measured: Record<string, Report | null> = {};
  for (const name of names) measured[name] = (await measure(name)) ?? null;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine: on, measured }, undefined, 2)}\n`);
};

const wishesOrUsage = (): Wishes | undefined => {
  try {
    return readWishes(process.argv.slice(2));
  } catch (problem) {
    console.error(`${problem instanceof Error ? problem.message : problem}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
const wishes = wishesOrUsage();
if (wishes !== undefined) await main(wishes);
