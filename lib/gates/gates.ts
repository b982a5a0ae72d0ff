import { Construct } from 'constructs';
import { type GateRules, gates } from '../../core/gates/contract.ts';
import { type EvidenceBucket, everyAttempt } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';

export class Gates extends Construct {
  readonly evaluateGates: GovernedFunction;

  constructor(scope: Construct, id: string, { rules, evidence }: { rules: GateRules; evidence: EvidenceBucket }) {
    super(scope, id);
    this.evaluateGates = new GovernedFunction(this, 'EvaluateGates', {
      entry: 'gates/evaluate-gates',
      contract: gates.tasks.evaluateGates,
      env: { EVIDENCE_BUCKET: evidence.bucketName, GATE_RULES: JSON.stringify(rules) },
    });
    evidence.grantKeep(this.evaluateGates, everyAttempt(gates.keys.report));
  }
}
