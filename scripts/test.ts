import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ensurePython } from '../local/python.ts';
import { buildHandlers } from './build.ts';

// Runs every test and closes with one line that a person and a pipeline can both read.
const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const asked = process.argv.slice(2);

type Lane = { name: string; args: readonly string[] };
type Counts = { numPassedTests: number; numFailedTests: number; numPendingTests: number };
type Test = { fullName: string; status: string; failureMessages?: readonly string[] };
type File = { name: string; status: string; message: string; assertionResults: readonly Test[] };
type Report = Counts & { testResults: readonly File[] };

/** Lanes side by side, each with a local AWS of its own; whoever names files or options gets them in one. */
const lanes: readonly Lane[] =
  asked.length > 0
    ? [{ name: 'tests', args: asked }]
    : [
        { name: 'ground', args: [...['unit', 'built', 'played', 'local'].flatMap((name) => ['--project', name])] },
        { name: 'flights', args: ['--project', 'flights'] },
        { name: 'alone', args: ['--project', 'alone'] },
      ];

const relay = (from: Readable, to: NodeJS.WriteStream, lane: string): void => {
  createInterface({ input: from }).on('line', (line) => to.write(`${lane} │ ${line}\n`));
};

const reportOf = ({ name }: Lane): string => join(root, '.local', `test-report-${name}.json`);

const run = (lane: Lane): Promise<number> => {
  const alone = lanes.length === 1;
  rmSync(reportOf(lane), { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(lane)}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...lane.args], {
    cwd: root,
    stdio: alone ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(!alone && process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  });
  const width = Math.max(...lanes.map(({ name }) => name.length));
  if (child.stdout !== null) relay(child.stdout, process.stdout, lane.name.padEnd(width));
  if (child.stderr !== null) relay(child.stderr, process.stderr, lane.name.padEnd(width));
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
};

const MAX_LINE = 200;
const firstLine = (text = ''): string => (text.split('\n').find((line) => line.trim() !== '') ?? '').slice(0, MAX_LINE);

/** What failed stands last, where whoever sees only the end of a long log finds it. */
const failuresOf = ({ name, status, message, assertionResults }: File): string[] => {
  const file = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`FAILED ${file}: ${firstLine(message)}`] : [];
  return failed.map((test) => `FAILED ${file}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
};

mkdirSync(join(root, '.local'), { recursive: true });
// What all lanes would otherwise install and build at the same moment.
if (lanes.length > 1) {
  await ensurePython(console.error);
  await buildHandlers();
}
const codes = await Promise.all(lanes.map(run));
try {
  const reports = lanes.map((lane) => JSON.parse(readFileSync(reportOf(lane), 'utf8')) as Report);
  for (const line of reports.flatMap(({ testResults }) => testResults.flatMap(failuresOf))) console.log(line);
  const sum = (count: keyof Counts): number => reports.reduce((total, report) => total + report[count], 0);
  const skipped = sum('numPendingTests') === 0 ? '' : `, ${sum('numPendingTests')} skipped`;
  console.log(`${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed${skipped}`);
} catch {
  console.log('The test runner ended without a report: no test can be said to have passed.');
}
process.exitCode = codes.find((code) => code !== 0) ?? 0;
