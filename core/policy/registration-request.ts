import type { GateOutcome, GateReport } from '../gates/contract.ts';
import type { Attempt, DigestReport } from '../intake/contract.ts';
import type { Manifest } from '../intake/manifest.ts';
import type { ScanReport, ScanVerdict } from '../scanning/contract.ts';
import { detailsOf, type PolicyRequest } from './details.ts';
import { mismatchedFiles, uncoveredFiles } from './file-facts.ts';

export type RegistrationEvidence = {
  readonly attempt: Attempt;
  readonly manifest: Manifest;
  readonly digests: DigestReport;
  readonly scan: ScanReport;
  readonly gates: GateReport;
};

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

const scanFacts = ({ verdict, files }: ScanReport) => {
  const count = (wanted: ScanVerdict) => files.filter((file) => file.verdict === wanted).length;
  return {
    verdict,
    clean: count('clean'),
    malicious: count('malicious'),
    suspicious: count('suspicious'),
    notScannable: count('not-scannable'),
    formats: distinct(files.map(({ format }) => format)),
    rules: distinct(files.flatMap(({ findings }) => findings.map(({ rule }) => rule))),
  };
};

const gateFacts = ({ findings }: GateReport) => {
  const having = (wanted: GateOutcome) =>
    distinct(findings.filter(({ outcome }) => outcome === wanted).map(({ gate }) => gate));
  return { passed: having('pass'), failed: having('fail'), notEnoughEvidence: having('not-enough-evidence') };
};

/** The question whether a version may be registered, and what there is to tell if the answer is no. */
export const registrationRequest = (evidence: RegistrationEvidence): PolicyRequest => {
  const { attempt, manifest, digests, scan, gates } = evidence;
  const [mismatched, uncovered] = [mismatchedFiles(evidence), uncoveredFiles(evidence)];
  return {
    query: {
      principal: { type: 'Clearance::Step', id: 'intake' },
      action: { type: 'Clearance::Action', id: 'register' },
      resource: { type: 'Clearance::ModelVersion', id: `${attempt.model}/${attempt.version}` },
      attributes: {
        model: attempt.model,
        version: attempt.version,
        owner: manifest.owner,
        format: manifest.format,
        root: digests.root,
        tier: gates.tier,
        risk: manifest.risk,
      },
      context: {
        files: { declared: manifest.files.length, uncovered: uncovered.length, mismatched: mismatched.length },
        scan: scanFacts(scan),
        gates: gateFacts(gates),
      },
    },
    details: detailsOf({ mismatched, uncovered, scan, gates }),
  };
};
