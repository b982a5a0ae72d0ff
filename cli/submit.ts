import { type Answer, IntakeLimits, intake, MANIFEST } from '../core/intake/contract.ts';
import { MAX_DECLARED_FILES } from '../core/intake/manifest.ts';
import { ModelId, VersionId } from '../core/kernel/identity.ts';
import { type Reason, show } from '../core/kernel/reason.ts';
import { answerKey, awaitAnswer } from './await-answer.ts';
import type { Context } from './context.ts';
import { type HashedFile, hashAll } from './files.ts';
import { type LocalUpload, readUpload } from './local-upload.ts';
import type { ModelBucket } from './model-bucket.ts';
import { EXIT, type ExitCode, interrupted, misused, type Outcome, Problem } from './outcome.ts';
import { NOTHING_SENT, type Sent, sendUpload, standing } from './send-upload.ts';
import { counted, reasonLines } from './text.ts';

export type SubmitRequest = {
  readonly dir: string;
  readonly model: string;
  readonly version: string;
  readonly wait: boolean;
  readonly timeoutSeconds: number;
  readonly check: boolean;
};

export type SubmitDocument = {
  /** `not-submitted`: it would be refused, so nothing was uploaded. `submitted`: nobody waited for the answer. */
  readonly outcome: Answer['outcome'] | 'not-submitted' | 'submitted' | 'unanswered';
  readonly model: string;
  readonly version: string;
  readonly files: number;
  readonly bytes: number;
  readonly bucket?: string;
  /** Bytes that an interrupted submit had left there, and that were not sent again. */
  readonly resumedBytes?: number;
  /** S3 version of the manifest: the name of this attempt. */
  readonly attempt?: string;
  /** Key of the answer object, now or later. */
  readonly answerKey?: string;
  readonly answer?: Answer;
  readonly reasons: readonly Reason[];
};

const requireNames = ({ model, version }: SubmitRequest): void => {
  const checks = [
    ['--model', ModelId.safeParse(model), model],
    ['--version', VersionId.safeParse(version), version],
  ] as const;
  for (const [path, parsed, found] of checks) {
    const allowed = parsed.error?.issues[0]?.message.replace(/^expected /, '');
    if (allowed !== undefined)
      throw misused({ path, message: 'no such name is possible', found: show(found), allowed });
  }
};

const requireManifest = ({ folder }: LocalUpload, dir: string): void => {
  if (!folder.files.some(({ path }) => path === MANIFEST))
    throw misused({
      path: 'DIR',
      message: 'the folder has no manifest.json',
      found: show(dir),
      fix: 'clearance init writes one.',
    });
};

const otherDigests = ({ manifest }: LocalUpload, hashed: readonly HashedFile[]): Reason[] => {
  const declared = new Map(manifest?.files.map(({ path, digest }) => [path, digest]));
  return hashed.flatMap(({ path, digest }) => {
    const allowed = declared.get(path);
    return allowed === undefined || allowed === digest
      ? []
      : [
          {
            rule: 'intake.digest-mismatch',
            path,
            message: 'is not the file that the manifest declares',
            found: digest,
            allowed,
          },
        ];
  });
};

const EXITS: Readonly<Record<SubmitDocument['outcome'], ExitCode>> = {
  registered: EXIT.yes,
  submitted: EXIT.yes,
  rejected: EXIT.no,
  'not-submitted': EXIT.no,
  superseded: EXIT.unknown,
  unanswered: EXIT.unknown,
};

const headline = ({ outcome, model, version, answer, answerKey: key, bucket, reasons }: SubmitDocument): string => {
  const name = `${model} ${version}`;
  const later = `clearance status ${model} ${version}, or s3://${bucket}/${key}, tells later`;
  switch (outcome) {
    case 'registered':
      return `✓ ${name} is registered, tier ${answer?.tier}, root ${answer?.root}`;
    case 'submitted':
      return `✓ ${name} is submitted; ${later}`;
    case 'unanswered':
      return `… ${name} is submitted and not answered yet; ${later}`;
    case 'superseded':
      return `… ${name} was submitted again meanwhile, and that attempt has the answer`;
    case 'not-submitted':
      return `✗ nothing was uploaded, for ${counted(reasons.length, 'reason')}:`;
    case 'rejected':
      return `✗ ${name} was refused, for ${counted(reasons.length, 'reason')}:`;
  }
};

const conclude = (document: SubmitDocument): Outcome<SubmitDocument> => ({
  exitCode: EXITS[document.outcome],
  document,
  text: [headline(document), ...reasonLines(document.reasons)].join('\n'),
});

const NOT_PERMITTED: Reason = {
  rule: 'cli.could-not-tell',
  message: 'the last look at the answer was not permitted, or there is none yet',
  fix: 'Reading answers takes s3:GetObject on answers/<model>/*.',
};

/** The stage knows how much it takes; here only the manifest's own bound counts. */
const NO_LIMITS = IntakeLimits.parse({
  files: MAX_DECLARED_FILES,
  bytes: Number.MAX_SAFE_INTEGER,
  readBytes: Number.MAX_SAFE_INTEGER,
});

type Ports = { readonly bucket: () => Promise<ModelBucket> };

/** Uploads a folder, the manifest last, and waits for the answer. */
export const submit = async (
  request: SubmitRequest,
  { bucket: open }: Ports,
  context: Context,
): Promise<Outcome<SubmitDocument>> => {
  requireNames(request);
  const { model, version } = request;
  const upload = await readUpload(request.dir, NO_LIMITS, { model, version });
  const { files } = upload.folder;
  const known = { model, version, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  const refused = request.check ? [...upload.manifestReasons, ...upload.inventoryReasons] : [];
  if (refused.length > 0) return conclude({ ...known, outcome: 'not-submitted', reasons: refused });
  requireManifest(upload, request.dir);

  const bucket = await open();
  const hashed = await hashAll(files, context, bucket.partSize);
  const others = request.check ? otherDigests(upload, hashed) : [];
  if (others.length > 0) return conclude({ ...known, outcome: 'not-submitted', reasons: others });

  const prefix = intake.keys.prefix({ model, version });
  const sent: Sent = { ...NOTHING_SENT };
  try {
    const attempt = await sendUpload(hashed, { bucket, prefix, sent, context });
    const key = answerKey({ model, version }, bucket.name, attempt);
    const submitted = { ...known, bucket: bucket.name, attempt, answerKey: key, resumedBytes: sent.resumed };
    if (!request.wait) return conclude({ ...submitted, outcome: 'submitted', reasons: [] });
    const waited = await awaitAnswer({ bucket, key, timeoutSeconds: request.timeoutSeconds }, context);
    if (waited.answer === undefined)
      return conclude({
        ...submitted,
        outcome: 'unanswered',
        reasons: waited.lastLook === 'refused' ? [NOT_PERMITTED] : [],
      });
    const { answer } = waited;
    return conclude({ ...submitted, outcome: answer.outcome, answer, reasons: answer.reasons });
  } catch (cause) {
    const stands = standing(sent, files.length, `s3://${bucket.name}/${prefix}`);
    if (context.signal.aborted) throw interrupted({ message: `interrupted; ${stands}` });
    if (!(cause instanceof Problem)) throw cause;
    throw new Problem(cause.exitCode, { ...cause.reason, message: `${cause.reason.message}; ${stands}` }, { cause });
  }
};
