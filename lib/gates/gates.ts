import { Aws, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type GateRules, gates } from '../../core/gates/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import { type EvidenceBucket, everyAttempt } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { allow } from '../platform/permissions.ts';

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
    const { buckets } = rules.trainingData;
    if (buckets.length > 0)
      allow(this.evaluateGates, {
        actions: ['s3:GetObject'],
        resources: buckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}/*`),
        because:
          'The stage names the buckets from which samples of training data are taken; a manifest names the object.',
      });
    evidence.grantKeep(this.evaluateGates, everyAttempt(gates.keys.report));
  }
}
