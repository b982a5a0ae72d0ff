import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// Runs every test and closes with one line that a person and a pipeline can both read.
const root = join(import.meta.dirname, '..');
const report = join(root, '.local', 'test-report.json');
mkdirSync(join(root, '.local'), { recursive: true });
rmSync(report, { force: true });

const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});

type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number };
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const skipped = numPendingTests === 0 ? '' : `, ${numPendingTests} skipped`;
  console.log(`${numPassedTests} passed, ${numFailedTests} failed${skipped}`);
} catch {
  console.log('The test runner ended without a report: no test can be said to have passed.');
}
process.exitCode = status ?? 1;
