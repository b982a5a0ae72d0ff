import { readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { withOpenFile } from '../../../cli/scan/open-file.ts';
import { scanFile } from '../../../core/scanning/scan-file.ts';

/** The same as driver.py, for our scanner: paths in, a line of JSON for each out. */
const rchar = (): number => Number(/\d+/.exec(readFileSync('/proc/self/io', 'utf8'))?.[0]);

const VERDICTS = {
  malicious: 'flagged',
  suspicious: 'flagged',
  'not-scannable': 'failed',
  clean: 'clean',
} as const;

const own = (() => {
  const before = rchar();
  return rchar() - before;
})();

for await (const path of createInterface({ input: process.stdin })) {
  const { size } = statSync(path);
  const before = rchar();
  const began = performance.now();
  const { verdict } = await withOpenFile({ path, absolute: path, size }, (source) => scanFile(path, source));
  const seconds = (performance.now() - began) / 1000;
  const read = rchar() - before - own;
  process.stdout.write(`${JSON.stringify({ path, verdict: VERDICTS[verdict], seconds, read })}\n`);
}
