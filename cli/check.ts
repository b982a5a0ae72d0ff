import type { Reason } from '../core/kernel/reason.ts';
import type { Context } from './context.ts';
import { type Check, checked, type Examination, examine, scanOnly } from './examine-upload.ts';
import { readUpload } from './local-upload.ts';
import { EXIT, type Outcome } from './outcome.ts';
import type { StageRules } from './stage-rules.ts';
import { counted, inBytes, oneLine, reasonLines, table } from './text.ts';

export type CheckDocument = Examination & {
  readonly outcome: 'yes' | 'no';
  readonly model: string;
  readonly version: string;
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: readonly string[];
  readonly reasons: readonly Reason[];
};

const MARKS: Readonly<Record<Check['outcome'], string>> = { pass: '✓', fail: '✗', skipped: '-' };

const scanTable = (scanned: Examination['scanned']): string[] =>
  scanned.length === 0 ? [] : ['', ...table(scanned.map(({ path, format, verdict }) => ['  ', path, format, verdict]))];

const textOf = ({ checks, scanned, reasons, leftOut, ...document }: CheckDocument): string =>
  [
    ...table(checks.map(({ check, outcome, detail }) => [MARKS[outcome], check, detail])),
    ...scanTable(scanned),
    ...(leftOut.length === 0 ? [] : ['', `! never uploaded: ${leftOut.map(oneLine).join(', ')}`]),
    '',
    document.outcome === 'yes'
      ? `✓ ${document.model} ${document.version} would be registered, root ${document.root}`
      : `✗ it would be refused, for ${counted(reasons.length, 'reason')}:`,
    ...reasonLines(reasons),
  ].join('\n');

export type CheckRequest = { readonly dir: string; readonly rules: StageRules };

/** What intake would say to a folder, without uploading it: the same code, the default policies. */
export const check = async ({ dir, rules }: CheckRequest, context: Context): Promise<Outcome<CheckDocument>> => {
  const upload = await readUpload(dir, rules.limits);
  const { folder, place, manifest, manifestReasons, inventoryReasons } = upload;
  const sound = manifest !== undefined && manifestReasons.length === 0 && inventoryReasons.length === 0;
  const examined = sound ? await examine(upload, manifest, { rules, context }) : await scanOnly(upload, context);
  const bytes = folder.files.reduce((sum, { size }) => sum + size, 0);
  const reasons = [...manifestReasons, ...inventoryReasons, ...examined.reasons];
  const document: CheckDocument = {
    outcome: reasons.length === 0 ? 'yes' : 'no',
    ...place,
    ...examined,
    files: folder.files.length,
    bytes,
    checks: [
      checked('manifest', manifestReasons.length === 0, counted(manifestReasons.length, 'mistake')),
      checked('inventory', inventoryReasons.length === 0, `${counted(folder.files.length, 'file')}, ${inBytes(bytes)}`),
      ...examined.checks,
    ],
    leftOut: folder.leftOut,
    reasons,
  };
  return { exitCode: reasons.length === 0 ? EXIT.yes : EXIT.no, document, text: textOf(document) };
};
