import { evaluateGates } from '../core/gates/evaluate-gates.ts';
import type { Attempt, DigestReport } from '../core/intake/contract.ts';
import type { Manifest } from '../core/intake/manifest.ts';
import type { Digest } from '../core/kernel/digest.ts';
import type { Reason } from '../core/kernel/reason.ts';
import { rootDigestOf } from '../core/kernel/root-digest.ts';
import type { FileScan, Finding, ScanReport } from '../core/scanning/contract.ts';
import { worstVerdict } from '../core/scanning/scan-attempt.ts';
import { scanFile } from '../core/scanning/scan-file.ts';
import { settleReferences } from '../core/scanning/settle-references.ts';
import type { Context } from './context.ts';
import { defaultPolicies } from './default-policies.ts';
import { examineTrainingData } from './examine-training-data.ts';
import { type HashedFile, hashAll, type LocalFile, withSource } from './files.ts';
import type { LocalUpload } from './local-upload.ts';
import type { StageRules } from './stage-rules.ts';
import { oneLine } from './text.ts';

/** `skipped`: an earlier check said no, and this one has nothing sound to look at. */
export type Check = { readonly check: string; readonly outcome: 'pass' | 'fail' | 'skipped'; readonly detail: string };

export const checked = (check: string, passed: boolean, detail: string): Check => ({
  check,
  outcome: passed ? 'pass' : 'fail',
  detail,
});

const skipped = (check: string): Check => ({
  check,
  outcome: 'skipped',
  detail: 'needs a sound manifest and all its files',
});

export type Examination = {
  readonly root?: Digest;
  readonly tier?: string;
  readonly checks: readonly Check[];
  readonly scanned: readonly { readonly path: string; readonly format: string; readonly verdict: string }[];
  readonly reasons: readonly Reason[];
};

const scanAll = async (files: readonly LocalFile[], context: Context): Promise<ScanReport> => {
  const scans: FileScan[] = [];
  for (const [index, file] of files.entries()) {
    context.signal.throwIfAborted();
    context.progress(`scanning ${oneLine(file.path)} (${index + 1} of ${files.length})`);
    scans.push(await withSource(file, (source) => scanFile(file.path, source)));
  }
  const settled = settleReferences(scans);
  return {
    verdict: worstVerdict(settled),
    files: settled,
    bytesRead: settled.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
  };
};

const ofScan = ({ files }: ScanReport): Pick<Examination, 'scanned'> & { check: Check } => {
  const unclean = files.filter(({ verdict }) => verdict !== 'clean').length;
  return {
    scanned: files.map(({ path, format, verdict }) => ({ path, format, verdict })),
    check: checked('scan', unclean === 0, `${unclean} of ${files.length} not clean`),
  };
};

const digestReport = (manifest: Manifest, hashed: readonly HashedFile[]): DigestReport => {
  const declared = new Map(manifest.files.map(({ path, digest }) => [path, digest]));
  return {
    root: rootDigestOf(hashed.map(({ path, digest }) => ({ name: path, digest }))),
    files: hashed.map(({ path, digest, size }) => ({ path, digest, source: 'read', bytesRead: size })),
    bytesRead: hashed.reduce((sum, { size }) => sum + size, 0),
    mismatches: hashed.flatMap(({ path, digest: actual }) => {
      const wanted = declared.get(path);
      return wanted === undefined || wanted === actual ? [] : [{ path, declared: wanted, actual }];
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

type How = { readonly rules: StageRules; readonly context: Context };

/** The steps of intake behind the inventory, in their order and with their own code; the policies are the default ones. */
export const examine = async (
  upload: LocalUpload,
  manifest: Manifest,
  { rules, context }: How,
): Promise<Examination> => {
  const { files } = upload.folder;
  const digests = digestReport(manifest, await hashAll(files, context));
  const scan = await scanAll(files, context);
  const gates = evaluateGates(
    manifest,
    rules.gates,
    await examineTrainingData(manifest, files, rules.gates.trainingData),
  );
  const [{ decide }, { registrationRequest }, policies] = await Promise.all([
    import('../core/policy/decide.ts'),
    import('../core/policy/registration-request.ts'),
    defaultPolicies(),
  ]);
  const attempt = imagined(upload.place);
  const decision = decide(policies, registrationRequest({ attempt, manifest, digests, scan, gates }));
  const open = gates.findings.filter(({ outcome }) => outcome !== 'pass').length;
  const failed = gates.findings.filter(({ outcome }) => outcome === 'fail').length;
  const elsewhere = manifest.training?.sample?.uri === undefined ? '' : '; the training sample in S3 was not looked at';
  const { scanned, check } = ofScan(scan);
  return {
    root: digests.root,
    tier: gates.tier,
    checks: [
      checked('digests', digests.mismatches.length === 0, `${digests.mismatches.length} of ${files.length} differ`),
      check,
      checked(
        'gates',
        failed === 0,
        `tier ${gates.tier}; ${failed} failed, ${open - failed} without enough evidence${elsewhere}`,
      ),
      checked('policy', decision.outcome === 'allow', `${decision.outcome}: ${decision.policies.join(', ')}`),
    ],
    scanned,
    reasons: decision.outcome === 'allow' ? [] : decision.reasons,
  };
};

const ofFinding = ({ rule, path, what, fix }: Finding): Reason => ({ rule, path, message: what, fix });

/** Intake would stop at the manifest; whoever mends it would rather hear of the files now than after the next upload. */
export const scanOnly = async (upload: LocalUpload, context: Context): Promise<Examination> => {
  const scan = await scanAll(upload.folder.files, context);
  const { scanned, check } = ofScan(scan);
  return {
    checks: [skipped('digests'), check, skipped('gates'), skipped('policy')],
    scanned,
    reasons: scan.files.flatMap(({ findings }) => findings.map(ofFinding)),
  };
};
