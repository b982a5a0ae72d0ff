import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type AdmissionRules, admission } from '../../core/admission/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import type { Signing } from '../signing/signing.ts';

export type AdmissionProps = {
  rules: AdmissionRules;
  models: ModelBucket;
  evidence: EvidenceBucket;
  signing: Signing;
  registry: GovernedTable;
  holds: GovernedTable;
  /** Of rollouts: what was answered is a fact, and leaves by its stream. */
  rollouts: GovernedTable;
};

/** Answers whether a version may run in an environment now, signed. */
export class Admission extends Construct {
  readonly admitVersion: GovernedFunction;

  constructor(scope: Construct, id: string, props: AdmissionProps) {
    super(scope, id);
    const { rules, models, evidence, signing, registry, holds, rollouts } = props;
    this.admitVersion = new GovernedFunction(this, 'AdmitVersion', {
      entry: 'admission/admit-version',
      contract: admission.tasks.admitVersion,
      env: {
        REGISTRY_TABLE: registry.tableName,
        HOLD_TABLE: holds.tableName,
        ROLLOUT_TABLE: rollouts.tableName,
        EVIDENCE_BUCKET: evidence.bucketName,
        MODEL_BUCKET: models.bucket.bucketName,
        SIGNING_KEY_ARN: signing.key.keyArn,
        STAGE: groundOf(this).stage,
        ADMISSION_RULES: Stack.of(this).toJsonString(rules),
      },
      // Cedar's WebAssembly module compiles once per cold start, on the share of a core that memory buys.
      memory: 1024,
    });
    registry.grantLook(this.admitVersion);
    holds.grantLook(this.admitVersion);
    rollouts.grantTell(this.admitVersion);
    models.grantReadMarks(this.admitVersion);
    evidence.grantKeep(this.admitVersion, 'admission/*');
    signing.grantSign(this.admitVersion);
    new PagingAlarm(this, 'DoorsStayClosed', {
      symptom: 'Admission cannot answer: no version can be deployed, and rollouts under way stand still.',
      runbook: 'admission#doors-stay-closed',
      severity: 'page',
      metric: this.admitVersion.metricErrors(),
      threshold: 3,
    });
  }
}
