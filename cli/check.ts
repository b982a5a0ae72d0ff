import { evaluateGates } from '../core/gates/evaluate-gates.ts';
import type { Attempt, DigestReport } from '../core/intake/contract.ts';
import type { Manifest } from '../core/intake/manifest.ts';
import type { Digest } from '../core/kernel/digest.ts';
import type { Reason } from '../core/kernel/reason.ts';
import { rootDigestOf } from '../core/kernel/root-digest.ts';
import type { Finding, ScanReport } from '../core/scanning/contract.ts';
import { worstVerdict } from '../core/scanning/scan-attempt.ts';
import { scanFile } from '../core/scanning/scan-file.ts';
import type { Context } from './context.ts';
import { defaultPolicies } from './default-policies.ts';
import { digestAll, type LocalFile, withSource } from './files.ts';
import { type LocalUpload, readUpload } from './local-upload.ts';
import { EXIT, type Outcome } from './outcome.ts';
import type { StageRules } from './stage-rules.ts';
import { counted, inBytes, oneLine, reasonLines, table } from './text.ts';

/** `skipped`: an earlier check said no, and this one has nothing sound to look at. */
type Check = { readonly check: string; readonly outcome: 'pass' | 'fail' | 'skipped'; readonly detail: string };

export type CheckDocument = {
  readonly outcome: 'yes' | 'no';
  readonly model: string;
  readonly version: string;
  readonly files: number;
  readonly bytes: number;
  readonly root?: Digest;
  readonly tier?: string;
  readonly checks: readonly Check[];
  readonly scanned: readonly { readonly path: string; readonly format: string; readonly verdict: string }[];
  readonly leftOut: readonly string[];
  readonly reasons: readonly Reason[];
};

const scanAll = async (files: readonly LocalFile[], context: Context): Promise<ScanReport> => {
  const scans: ScanReport['files'] = [];
  for (const [index, file] of files.entries()) {
    context.signal.throwIfAborted();
    context.progress(`scanning ${oneLine(file.path)} (${index + 1} of ${files.length})`);
    scans.push(await withSource(file, (source) => scanFile(file.path, source)));
  }
  return {
    verdict: worstVerdict(scans),
    files: scans,
    bytesRead: scans.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
  };
};

const reportDigests = (upload: LocalUpload, digests: readonly Digest[]): DigestReport => {
  const files = upload.folder.files.map(({ path, size }, index) => ({
    path,
    digest: digests[index] as Digest,
    source: 'read' as const,
    bytesRead: size,
  }));
  const actual = new Map(files.map(({ path, digest }) => [path, digest]));
  return {
    root: rootDigestOf(files.map(({ path, digest }) => ({ name: path, digest }))),
    files,
    bytesRead: files.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    mismatches: (upload.pinned ?? []).flatMap(({ path, declared }) => {
      const found = actual.get(path);
      return declared === undefined || found === undefined || found === declared
        ? []
        : [{ path, declared, actual: found }];
    }),
  };
};

/** Nobody has attempted anything yet; policy only reads model and version of it. */
const imagined = ({ model, version }: LocalUpload['place']): Attempt => ({
  bucket: 'local',
  model,
  version,
  id: 'local',
  manifest: 'local',
  look: 0,
  lastLook: true,
});

type Verdict = Pick<CheckDocument, 'checks' | 'scanned' | 'reasons' | 'root' | 'tier'>;

const state = (check: string, passed: boolean, detail: string): Check => ({
  check,
  outcome: passed ? 'pass' : 'fail',
  detail,
});

const ofScan = ({ files }: ScanReport): Check => {
  const unclean = files.filter(({ verdict }) => verdict !== 'clean').length;
  return state('scan', unclean === 0, `${unclean} of ${files.length} not clean`);
};

/** The steps of intake behind the inventory, in their order and with their own code. */
const judge = async (
  upload: LocalUpload,
  manifest: Manifest,
  { rules, context }: { rules: StageRules; context: Context },
): Promise<Verdict> => {
  const { files } = upload.folder;
  const digests = reportDigests(upload, await digestAll(files, context));
  const scan = await scanAll(files, context);
  const gates = evaluateGates(manifest, rules.gates);
  const [{ decide }, { registrationRequest }] = await Promise.all([
    import('../core/policy/decide.ts'),
    import('../core/policy/registration-request.ts'),
  ]);
  const attempt = imagined(upload.place);
  const policies = await defaultPolicies();
  const decision = decide(policies, registrationRequest({ attempt, manifest, digests, scan, gates }));
  const open = gates.findings.filter(({ outcome }) => outcome !== 'pass').length;
  const failed = gates.findings.filter(({ outcome }) => outcome === 'fail').length;
  return {
    root: digests.root,
    tier: gates.tier,
    scanned: scan.files.map(({ path, format, verdict }) => ({ path, format, verdict })),
    checks: [
      state('digests', digests.mismatches.length === 0, `${digests.mismatches.length} of ${files.length} differ`),
      ofScan(scan),
      state('gates', failed === 0, `tier ${gates.tier}; ${failed} failed, ${open - failed} without enough evidence`),
      state('policy', decision.outcome === 'allow', `${decision.outcome}: ${decision.policies.join(', ')}`),
    ],
    reasons: decision.outcome === 'allow' ? [] : decision.reasons,
  };
};

const skipped = (check: string): Check => ({
  check,
  outcome: 'skipped',
  detail: 'needs a sound manifest and all its files',
});

const ofFinding = ({ rule, path, what, fix }: Finding): Reason => ({ rule, path, message: what, fix });

/** Intake would stop at the manifest; whoever mends it would rather hear of the files now than after the next upload. */
const scanOnly = async (upload: LocalUpload, context: Context): Promise<Verdict> => {
  const scan = await scanAll(upload.folder.files, context);
  return {
    checks: [skipped('digests'), ofScan(scan), skipped('gates'), skipped('policy')],
    scanned: scan.files.map(({ path, format, verdict }) => ({ path, format, verdict })),
    reasons: scan.files.flatMap(({ findings }) => findings.map(ofFinding)),
  };
};

const MARKS = { pass: '✓', fail: '✗', skipped: '-' } as const;

const textOf = ({ checks, scanned, reasons, leftOut, ...document }: CheckDocument): string =>
  [
    ...table(checks.map(({ check, outcome, detail }) => [MARKS[outcome], check, detail])),
    ...(scanned.length === 0
      ? []
      : ['', ...table(scanned.map(({ path, format, verdict }) => ['  ', path, format, verdict]))]),
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
  const { folder, place, manifest, manifestReasons, inventoryReasons, pinned } = upload;
  const bytes = folder.files.reduce((sum, { size }) => sum + size, 0);
  const sound = manifest !== undefined && pinned !== undefined && manifestReasons.length === 0;
  const verdict: Verdict = sound ? await judge(upload, manifest, { rules, context }) : await scanOnly(upload, context);
  const reasons = [...manifestReasons, ...inventoryReasons, ...verdict.reasons];
  const document: CheckDocument = {
    ...verdict,
    outcome: reasons.length === 0 ? 'yes' : 'no',
    ...place,
    files: folder.files.length,
    bytes,
    checks: [
      state('manifest', manifestReasons.length === 0, counted(manifestReasons.length, 'mistake')),
      state('inventory', inventoryReasons.length === 0, `${counted(folder.files.length, 'file')}, ${inBytes(bytes)}`),
      ...verdict.checks,
    ],
    leftOut: folder.leftOut,
    reasons,
  };
  return { exitCode: reasons.length === 0 ? EXIT.yes : EXIT.no, document, text: textOf(document) };
};
