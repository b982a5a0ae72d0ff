import type { z } from 'zod';
import { Inventory, type PinnedFile } from '../intake/contract.ts';
import type { Clock } from '../kernel/clock.ts';
import { concurrently } from '../kernel/concurrently.ts';
import { type EvidenceStore, keepEvidence, readEvidence } from '../kernel/evidence.ts';
import type { ByteSource } from './byte-source.ts';
import { type FileScan, ScanReport, type ScanVerdict, scanning } from './contract.ts';

type Input = z.output<typeof scanning.tasks.scanFiles.input>;
type Output = z.input<typeof scanning.tasks.scanFiles.output>;

export type ScanPorts = {
  /** The pinned version's bytes. @throws UploadChanged from `read` when it is gone */
  open(bucket: string, file: PinnedFile): ByteSource;
  /** `scanFile`, behind a door: it is the larger part of the function, and a refused call does not need it. */
  scan(path: string, source: ByteSource): Promise<FileScan>;
  evidence: EvidenceStore;
  clock: Clock;
  /** Of the scanner. */
  version: string;
};

/** The day as of which the lists of what each library writes were last gone through. */
const RULES_AS_OF = '2026-11-29T00:00:00.000Z';

/** Range reads wait more than they compute. */
const WIDTH = 8;

const WORST_FIRST: readonly ScanVerdict[] = ['malicious', 'suspicious', 'not-scannable', 'clean'];

/** The verdict on a whole upload is that of its worst file. */
export const worstVerdict = (files: readonly FileScan[]): ScanVerdict =>
  WORST_FIRST.find((verdict) => files.some((file) => file.verdict === verdict)) ?? 'not-scannable';

/** Scans every pinned file, the manifest too, whatever it is called or declared to be. */
export const scanAttempt =
  ({ open, scan, evidence, clock, version }: ScanPorts) =>
  async ({ attempt, inventory }: Input): Promise<Output> => {
    const startedAt = clock.now().toISOString();
    const pinned = await readEvidence(evidence, inventory, Inventory);
    const scans = await concurrently(pinned.files, WIDTH, (file) => scan(file.path, open(attempt.bucket, file)));
    const { settleReferences } = await import('./settle-references.ts');
    const files = settleReferences(scans);
    const bytesRead = files.reduce((sum, file) => sum + file.bytesRead, 0);
    const verdict = worstVerdict(files);
    const { ref } = await keepEvidence(evidence, scanning.keys.report(attempt), ScanReport, {
      verdict,
      files,
      bytesRead,
      run: { version, rulesAsOf: RULES_AS_OF, startedAt, finishedAt: clock.now().toISOString() },
    });
    return { report: ref, verdict, bytesRead };
  };
