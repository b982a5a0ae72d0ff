import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { concurrently } from '../kernel/concurrently.ts';
import { digestOf, digestOfRaw } from '../kernel/digest.ts';
import { type EvidenceStore, keepEvidence, readEvidence } from '../kernel/evidence.ts';
import { rootDigestOf } from '../kernel/root-digest.ts';
import { rest } from './attempt.ts';
import { changeAttempt } from './change-attempt.ts';
import { type Attempt, DigestReport, type FileDigest, Inventory, intake, type PinnedFile } from './contract.ts';
import { type Attempts, type Marks, type PinnedBytes, QUARANTINED } from './ports.ts';

type Input = z.output<typeof intake.tasks.digestFiles.input>;
type Output = z.input<typeof intake.tasks.digestFiles.output>;

export type DigestPorts = {
  bytes: PinnedBytes;
  marks: Marks;
  attempts: Attempts;
  evidence: EvidenceStore & { find(key: string): Promise<string | undefined> };
};

/** Each object under way holds one window of ranges (read-ahead.ts); more of them gain nothing on one core. */
const WIDTH = 16;

/**
 * The SHA-256 of every pinned file: as S3 stored it at upload where it did, else by reading it once. A file that is
 * not what the manifest declares is a finding, unless it is what an earlier attempt left under that name: then the
 * declared one is still on its way.
 */
export const digestFiles =
  (ports: DigestPorts) =>
  async ({ attempt, inventory }: Input): Promise<Output> => {
    const standing = await findReport(ports, attempt);
    if (standing !== undefined) return standing;
    const { files } = await readEvidence(ports.evidence, inventory, Inventory);
    const digests = await concurrently(files, WIDTH, (file) => digestOne(ports.bytes, attempt.bucket, file));
    const bytesRead = digests.reduce((sum, file) => sum + file.bytesRead, 0);
    const mismatches = files.flatMap(({ path, declared }, index) => {
      const actual = digests[index]?.digest;
      return declared === undefined || actual === undefined || actual === declared ? [] : [{ path, declared, actual }];
    });
    const wrong = new Set(mismatches.map((mismatch) => mismatch.path));
    if (!attempt.lastLook && (await anyStale(ports, attempt, files, wrong)))
      return { outcome: 'stale', report: null, root: null, bytesRead };
    const root = rootDigestOf(digests.map(({ path, digest }) => ({ name: path, digest })));
    const report = await keepEvidence(ports.evidence, intake.keys.digests(attempt), DigestReport, {
      root,
      files: digests,
      bytesRead,
      mismatches,
    });
    return { outcome: 'digested', report: report.ref, root: report.document.root, bytesRead };
  };

/**
 * A look that was interrupted goes on with the digests it has. Taken anew, wrong files that its own quarantine marked
 * before it died would pass for what an earlier attempt left, and be waited for.
 */
const findReport = async ({ evidence }: DigestPorts, attempt: Attempt): Promise<Output | undefined> => {
  const key = intake.keys.digests(attempt);
  const standing = await evidence.find(key);
  if (standing === undefined) return undefined;
  const { root, bytesRead } = DigestReport.parse(JSON.parse(standing));
  return { outcome: 'digested', report: { key, digest: digestOf(standing) }, root, bytesRead };
};

const digestOne = async (
  bytes: PinnedBytes,
  bucket: string,
  file: PinnedFile,
): Promise<z.output<typeof FileDigest>> => {
  const stored = await bytes.storedDigest(bucket, file);
  if (stored !== undefined) return { path: file.path, digest: stored, source: 'stored', bytesRead: 0 };
  const hash = createHash('sha256');
  let bytesRead = 0;
  for await (const chunk of await bytes.stream(bucket, file)) {
    hash.update(chunk);
    bytesRead += chunk.length;
  }
  return { path: file.path, digest: digestOfRaw(hash.digest()), source: 'read', bytesRead };
};

const anyStale = async (
  { marks, attempts }: DigestPorts,
  attempt: Attempt,
  files: readonly PinnedFile[],
  wrong: ReadonlySet<string>,
): Promise<boolean> => {
  const suspects = files.filter((file) => wrong.has(file.path));
  const found = await concurrently(suspects, WIDTH, (file) => marks.find(attempt.bucket, file));
  if (!found.includes(QUARANTINED)) return false;
  await changeAttempt(attempts, attempt, (standing) =>
    standing?.status === 'running' ? { record: rest(standing) } : undefined,
  );
  return true;
};
