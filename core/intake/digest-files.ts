import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { concurrently } from '../kernel/concurrently.ts';
import { type Digest, digestOf, digestOfRaw } from '../kernel/digest.ts';
import { type EvidenceStore, keepEvidence, readEvidence } from '../kernel/evidence.ts';
import { rootDigestOf } from '../kernel/root-digest.ts';
import { rest } from './attempt.ts';
import { changeAttempt } from './change-attempt.ts';
import {
  type Attempt,
  DigestReport,
  type FileDigest,
  type IntakeLimits,
  Inventory,
  intake,
  type PinnedFile,
  QUARANTINED,
  Refusal,
} from './contract.ts';
import type { Attempts, Marks, PinnedBytes } from './ports.ts';
import { refuseUnread } from './refuse-unread.ts';

type Input = z.output<typeof intake.tasks.digestFiles.input>;
type Output = z.input<typeof intake.tasks.digestFiles.output>;
type Digested = z.output<typeof FileDigest>;

export type DigestPorts = {
  bytes: PinnedBytes;
  marks: Marks;
  attempts: Attempts;
  evidence: EvidenceStore & { find(key: string): Promise<string | undefined> };
  limits: Pick<IntakeLimits, 'readBytes'>;
};

/** Each object under way holds one window of ranges (read-ahead.ts); more of them gain nothing on one core. */
const WIDTH = 16;

const NOTHING = { report: null, refusal: null, root: null, bytesRead: 0 } as const;

/**
 * The SHA-256 of every pinned file: as S3 stored it at upload where it did, else by reading it once. A file that is
 * not what the manifest declares is a finding, unless it is what an earlier attempt left under that name: then the
 * declared one is still on its way. More than can be read is refused before anything is.
 */
export const digestFiles =
  (ports: DigestPorts) =>
  async ({ attempt, inventory }: Input): Promise<Output> => {
    const standing = await findStanding(ports, attempt);
    if (standing !== undefined) return standing;
    const { files } = await readEvidence(ports.evidence, inventory, Inventory);
    const stored = await concurrently(files, WIDTH, (file) => ports.bytes.storedDigest(attempt.bucket, file));
    const unread = files.filter((_, index) => stored[index] === undefined);
    const tooMuch = refuseUnread(unread, ports.limits);
    if (tooMuch.length > 0) {
      if (await anyStale(ports, attempt, unread)) return { ...NOTHING, outcome: 'stale' };
      const key = intake.keys.refusal(attempt);
      const { ref } = await keepEvidence(ports.evidence, key, Refusal, { reasons: tooMuch });
      return { ...NOTHING, outcome: 'refused', refusal: ref };
    }
    const digests = await digestAll(ports.bytes, attempt.bucket, files, stored);
    const bytesRead = digests.reduce((sum, file) => sum + file.bytesRead, 0);
    const mismatches = files.flatMap(({ path, declared }, index) => {
      const actual = digests[index]?.digest;
      return declared === undefined || actual === undefined || actual === declared ? [] : [{ path, declared, actual }];
    });
    const wrong = new Set(mismatches.map((mismatch) => mismatch.path));
    const suspects = files.filter((file) => wrong.has(file.path));
    if (await anyStale(ports, attempt, suspects)) return { ...NOTHING, outcome: 'stale', bytesRead };
    const root = rootDigestOf(digests.map(({ path, digest }) => ({ name: path, digest })));
    const report = await keepEvidence(ports.evidence, intake.keys.digests(attempt), DigestReport, {
      root,
      files: digests,
      bytesRead,
      mismatches,
    });
    return { ...NOTHING, outcome: 'digested', report: report.ref, root: report.document.root, bytesRead };
  };

/**
 * A look that was interrupted goes on with what it had found. Taken anew, files that its own quarantine marked before
 * it died would pass for what an earlier attempt left, and be waited for.
 */
const findStanding = async ({ evidence }: DigestPorts, attempt: Attempt): Promise<Output | undefined> => {
  const [key, refusalKey] = [intake.keys.digests(attempt), intake.keys.refusal(attempt)];
  const refusal = await evidence.find(refusalKey);
  if (refusal !== undefined)
    return { ...NOTHING, outcome: 'refused', refusal: { key: refusalKey, digest: digestOf(refusal) } };
  const standing = await evidence.find(key);
  if (standing === undefined) return undefined;
  const { root, bytesRead } = DigestReport.parse(JSON.parse(standing));
  return { ...NOTHING, outcome: 'digested', report: { key, digest: digestOf(standing) }, root, bytesRead };
};

const digestAll = (
  bytes: PinnedBytes,
  bucket: string,
  files: readonly PinnedFile[],
  stored: readonly (Digest | undefined)[],
): Promise<Digested[]> =>
  concurrently(files, WIDTH, async (file, index) => {
    const digest = stored[index];
    return digest === undefined
      ? readOne(bytes, bucket, file)
      : { path: file.path, digest, source: 'stored', bytesRead: 0 };
  });

const readOne = async (bytes: PinnedBytes, bucket: string, file: PinnedFile): Promise<Digested> => {
  const hash = createHash('sha256');
  let bytesRead = 0;
  for await (const chunk of await bytes.stream(bucket, file)) {
    hash.update(chunk);
    bytesRead += chunk.length;
  }
  return { path: file.path, digest: digestOfRaw(hash.digest()), source: 'read', bytesRead };
};

/** Whether an earlier attempt left one of them, so that another one may be on its way; then the attempt rests. */
const anyStale = async (
  { marks, attempts }: DigestPorts,
  attempt: Attempt,
  suspects: readonly PinnedFile[],
): Promise<boolean> => {
  if (attempt.lastLook) return false;
  const found = await concurrently(suspects, WIDTH, (file) => marks.find(attempt.bucket, file));
  if (!found.includes(QUARANTINED)) return false;
  await changeAttempt(attempts, attempt, (standing) =>
    standing?.status === 'running' ? { record: rest(standing) } : undefined,
  );
  return true;
};
