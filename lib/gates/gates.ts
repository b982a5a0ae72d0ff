import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type GateRules, gates } from '../../core/gates/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import { allowDataSets } from '../platform/data-set-buckets.ts';
import { type EvidenceBucket, everyAttempt } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';

type GatesProps = { readonly rules: GateRules; readonly evidence: EvidenceBucket; readonly models: ModelBucket };

export class Gates extends Construct {
  readonly evaluateGates: GovernedFunction;

  constructor(scope: Construct, id: string, { rules, evidence, models }: GatesProps) {
    super(scope, id);
    this.evaluateGates = new GovernedFunction(this, 'EvaluateGates', {
      entry: 'gates/evaluate-gates',
      contract: gates.tasks.evaluateGates,
      env: { EVIDENCE_BUCKET: evidence.bucketName, GATE_RULES: JSON.stringify(rules) },
      memory: 1792,
      timeout: Duration.minutes(15),
    });
    models.grantInspect(this.evaluateGates);
    allowDataSets(this.evaluateGates, rules.trainingData.buckets, 'samples of training data');
    evidence.grantKeep(this.evaluateGates, everyAttempt(gates.keys.report));
  }
}
