import type { GateFinding, GateOutcome, GateReport } from '../gates/contract.ts';
import type { Json } from '../kernel/canonical-json.ts';
import type { EvidenceRef } from '../kernel/evidence.ts';
import type { DecisionRecord } from '../policy/contract.ts';
import { resource, type Subject, statementOf } from './attestation.ts';

const named = ({ gate, path }: GateFinding): string => (path === undefined ? gate : `${gate} ${path}`);

/**
 * What the gates measured, as in-toto's test-result v0.1. A gate that had not enough evidence passed with a warning: it
 * found nothing wrong, and cannot say that nothing is. What follows from a gate policy decides, so a registered version may
 * have failed one.
 */
export const gatesStatement = (
  subject: Subject,
  { tier, findings }: GateReport,
  { policySet }: Pick<DecisionRecord, 'policySet'>,
  report: EvidenceRef,
): Json => {
  const having = (outcome: GateOutcome) => findings.filter((finding) => finding.outcome === outcome).map(named);
  const [failed, warned] = [having('fail'), having('not-enough-evidence')];
  return statementOf('gates', subject, {
    result: failed.length > 0 ? 'FAILED' : warned.length > 0 ? 'WARNED' : 'PASSED',
    configuration: [
      resource({ name: 'policies', uri: 'urn:clearance:policies', digest: policySet }),
      // Numbers, thresholds and samples stand there; the predicate has names only.
      resource({ name: 'gates', uri: report.key, digest: report.digest }),
    ],
    passedTests: having('pass'),
    warnedTests: warned,
    failedTests: failed,
    clearance_tier: tier,
  });
};
