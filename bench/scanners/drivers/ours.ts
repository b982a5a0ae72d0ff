import { readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { withOpenFile } from '../../../cli/scan/open-file.ts';
import type { FileScan } from '../../../core/scanning/contract.ts';
import { scanFile } from '../../../core/scanning/scan-file.ts';
import { settleReferences } from '../../../core/scanning/settle-references.ts';

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

const scans: FileScan[] = [];
const measured: { seconds: number; read: number }[] = [];
for await (const path of createInterface({ input: process.stdin })) {
  const { size } = statSync(path);
  const before = rchar();
  const began = performance.now();
  const scan = await withOpenFile({ path, absolute: path, size }, (source) => scanFile(path, source));
  const seconds = (performance.now() - began) / 1000;
  measured.push({ seconds, read: rchar() - before - own });
  scans.push(scan);
}
// What some files say depends on others beside them, as for the command.
for (const [index, { path, verdict }] of settleReferences(scans).entries())
  process.stdout.write(`${JSON.stringify({ path, verdict: VERDICTS[verdict], ...measured[index] })}\n`);
