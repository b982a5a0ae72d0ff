import { z } from 'zod';
import { Attempt, evidenceKey } from '../intake/contract.ts';
import { defineEnv, defineTask } from '../kernel/contract.ts';
import { EvidenceRef } from '../kernel/evidence.ts';
import { EvidenceAltered, Throttled, UploadChanged } from '../kernel/failures.ts';

export const Severity = z.enum(['low', 'medium', 'high', 'critical']);
export type Severity = z.infer<typeof Severity>;

/**
 * `malicious`: reading the file the usual way runs or overwrites what its author chose. `suspicious`: no honest
 * library writes this. `not-scannable`: nothing can be promised, with the reason. Only `clean` passes by default.
 */
export const ScanVerdict = z.enum(['clean', 'malicious', 'suspicious', 'not-scannable']);
export type ScanVerdict = z.infer<typeof ScanVerdict>;

/** One thing that keeps a file from being clean: where it is, what it is, why it matters, what to do. */
export const Finding = z.object({
  /** Stable id, such as `pickle.global-not-allowed`; policies refer to it. */
  rule: z.string(),
  severity: Severity,
  path: z.string(),
  /** Where inside a container, such as `archive/data.pkl`. */
  member: z.string().optional(),
  /** Bytes from the start of the file, or of the member. */
  offset: z.int().nonnegative().optional(),
  opcode: z.string().optional(),
  what: z.string(),
  why: z.string(),
  fix: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export const FileScan = z.object({
  path: z.string(),
  /** What the content is, whatever the file is called: `pickle`, `safetensors`, `torch-zip`, … or `unknown`. */
  format: z.string(),
  verdict: ScanVerdict,
  size: z.int().nonnegative(),
  /** Bytes asked of the source, reads of the same range counted each time. */
  bytesRead: z.int().nonnegative(),
  findings: z.array(Finding),
  /** Files beside it that hold part of its data, relative to its directory; see `settleReferences`. */
  references: z.array(z.string()).optional(),
});
export type FileScan = z.infer<typeof FileScan>;

/** The evidence document of one attempt's scan. The verdict is the worst of the files'. */
export const ScanReport = z.object({
  verdict: ScanVerdict,
  files: z.array(FileScan),
  bytesRead: z.int(),
  /** By what and when; evidence from before this was kept does not say. */
  run: z
    .object({
      version: z.string(),
      rulesAsOf: z.iso.datetime(),
      startedAt: z.iso.datetime(),
      finishedAt: z.iso.datetime(),
    })
    .optional(),
});
export type ScanReport = z.infer<typeof ScanReport>;

export const scanning = {
  tasks: {
    scanFiles: defineTask({
      env: defineEnv({ EVIDENCE_BUCKET: z.string() }),
      input: z.object({ attempt: Attempt, inventory: EvidenceRef }),
      output: z.object({ report: EvidenceRef, verdict: ScanVerdict, bytesRead: z.int() }),
      failures: [EvidenceAltered, Throttled, UploadChanged],
    }),
  },
  keys: { report: (attempt: Attempt) => evidenceKey(attempt, 'scan') },
} as const;
