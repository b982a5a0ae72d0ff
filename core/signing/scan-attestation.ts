import type { Json } from '../kernel/canonical-json.ts';
import type { Finding, ScanReport } from '../scanning/contract.ts';
import { type Subject, statementOf } from './attestation.ts';

/** The evidence has all of them; a statement is to be read whole. */
const MOST_FINDINGS = 500;

const findingOf = ({ rule, severity, path, member, offset, what, why, fix }: Finding): Json => ({
  id: rule,
  severity: [{ method: 'clearance', score: severity }],
  annotations: [{ path, member, offset, what, why, fix }],
});

/**
 * What the scanner found, as in-toto's vulns v0.2: an empty list is a clean bill. The verdict, which that predicate has no
 * word for, is an annotation of its own. Nothing for evidence from before scans told when they ran.
 */
export const scanStatement = (subject: Subject, { run, verdict, files }: ScanReport): Json | undefined => {
  if (run === undefined) return undefined;
  const findings = files.flatMap((file) => file.findings);
  return statementOf('scan', subject, {
    scanner: {
      uri: 'urn:clearance:scanner',
      version: run.version,
      // The rules are code and lists of the scanner; this is the day as of which they were kept.
      db: { uri: 'urn:clearance:scanner:rules', version: run.version, lastUpdate: run.rulesAsOf },
      result: findings.slice(0, MOST_FINDINGS).map(findingOf),
    },
    metadata: { scanStartedOn: run.startedAt, scanFinishedOn: run.finishedAt },
    clearance_verdict: verdict,
    clearance_files: files.length,
    clearance_findings: findings.length,
  });
};
