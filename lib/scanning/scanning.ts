import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { scanning } from '../../core/scanning/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import { type EvidenceBucket, everyAttempt } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';

export class Scanning extends Construct {
  readonly scanFiles: GovernedFunction;

  constructor(scope: Construct, id: string, { models, evidence }: { models: ModelBucket; evidence: EvidenceBucket }) {
    super(scope, id);
    this.scanFiles = new GovernedFunction(this, 'ScanFiles', {
      entry: 'scanning/scan-files',
      contract: scanning.tasks.scanFiles,
      env: { EVIDENCE_BUCKET: evidence.bucketName },
      memory: 2048,
      timeout: Duration.minutes(15),
    });
    models.grantInspect(this.scanFiles);
    evidence.grantKeep(this.scanFiles, everyAttempt(scanning.keys.report));
  }
}
