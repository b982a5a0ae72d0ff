import { writeFile } from 'node:fs/promises';
import type { FileScan } from '../../core/scanning/contract.ts';
import { scanFile } from '../../core/scanning/scan-file.ts';
import { settleReferences } from '../../core/scanning/settle-references.ts';
import type { Context } from '../context.ts';
import type { LocalFile } from '../files.ts';
import { EXIT, type ExitCode, type Outcome } from '../outcome.ts';
import { counted, inBytes, oneLine } from '../text.ts';
import { collectFiles } from './collect-files.ts';
import { findingLines } from './finding-lines.ts';
import { withOpenFile } from './open-file.ts';
import type { ScanDocument, Unread } from './scan-document.ts';

export type ScanRequest = {
  readonly paths: readonly string[];
  /** Where to write the findings for a code-scanning service. */
  readonly sarif?: string | undefined;
  /** Names that pickles may use besides, as `module.Name`. */
  readonly allow?: readonly string[];
};

const scanOne = async (file: LocalFile, allow: readonly string[]): Promise<FileScan | Unread> => {
  try {
    return await withOpenFile(file, (source) => scanFile(file.path, source, { allowedGlobals: allow }));
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) throw cause;
    return { path: file.path, problem: `cannot be read (${cause.code})` };
  }
};

const documented = ({ path, format, verdict, size, bytesRead, findings }: FileScan) => ({
  path,
  format,
  verdict,
  size,
  bytesRead,
  findings,
});

const exitCodeOf = (files: ScanDocument['files'], unread: readonly Unread[]): ExitCode => {
  if (files.some(({ verdict }) => verdict !== 'clean')) return EXIT.no;
  return unread.length === 0 ? EXIT.yes : EXIT.unknown;
};

const sumOf = (files: ScanDocument['files'], value: 'size' | 'bytesRead'): number =>
  files.reduce((sum, file) => sum + file[value], 0);

const VERDICTS = ['malicious', 'suspicious', 'not-scannable'] as const;

const summary = (files: ScanDocument['files'], unread: readonly Unread[], seconds: number): string => {
  const counts = VERDICTS.map((verdict) => [files.filter((file) => file.verdict === verdict).length, verdict] as const);
  const bad = counts.filter(([count]) => count > 0).map(([count, verdict]) => `${count} ${verdict}`);
  const worst = bad.length === 0 ? (unread.length === 0 ? '✓' : '!') : '✗';
  const clean = files.filter(({ verdict }) => verdict === 'clean').length;
  const told = [`${clean} clean`, ...bad, ...(unread.length === 0 ? [] : [`${unread.length} not read`])].join(', ');
  const cost = `${inBytes(sumOf(files, 'size'))}, of which ${inBytes(sumOf(files, 'bytesRead'))} read`;
  return `${worst} ${counted(files.length, 'file')}: ${told} (${cost}, ${seconds.toFixed(1)} s)`;
};

/** Scans local files and folders as intake would; asks nobody and runs nothing. */
export const scan = async (
  { paths, sarif, allow = [] }: ScanRequest,
  context: Context,
): Promise<Outcome<ScanDocument>> => {
  const started = performance.now();
  const collected = await collectFiles(paths);
  const scanned: (FileScan | Unread)[] = [];
  for (const file of collected.files) {
    context.signal.throwIfAborted();
    scanned.push(await scanOne(file, allow));
    context.progress(`scanned ${scanned.length} of ${collected.files.length}, ${oneLine(file.path)}`);
  }
  const files = settleReferences(scanned.filter((each) => 'verdict' in each)).map(documented);
  const unread = [...collected.unread, ...scanned.filter((each) => 'problem' in each)];
  if (sarif !== undefined) {
    const [{ sarifLog }, { reading }] = await Promise.all([import('./sarif.ts'), import('../files.ts')]);
    await reading(
      sarif,
      writeFile(sarif, `${JSON.stringify(sarifLog({ files, unread }, process.cwd()), undefined, 2)}\n`),
    );
  }
  const text = [
    ...files.filter(({ verdict }) => verdict !== 'clean').flatMap(findingLines),
    ...unread.map(({ path, problem }) => `! ${oneLine(path)} ${problem}`),
    summary(files, unread, (performance.now() - started) / 1000),
  ].join('\n');
  const document = { files, ...(unread.length > 0 && { unread }) };
  return { exitCode: exitCodeOf(files, unread), document, text };
};
