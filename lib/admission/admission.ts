import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { admissionApi } from '../../core/admission/api.ts';
import { type AdmissionRules, admission } from '../../core/admission/contract.ts';
import { deploymentsPath } from '../../core/rollout/contract.ts';
import type { Holds } from '../hold/hold.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import type { PlaneApi } from '../platform/plane-api.ts';
import { grantReach } from '../rollout/target-reach.ts';
import type { KeySet } from '../signing/key-set.ts';
import type { Signing } from '../signing/signing.ts';

export type AdmissionProps = {
  rules: AdmissionRules;
  models: ModelBucket;
  evidence: EvidenceBucket;
  signing: Signing;
  keySet: KeySet;
  registry: GovernedTable;
  holds: Holds;
  /** Of rollouts: what was answered is a fact, and leaves by its stream. */
  rollouts: GovernedTable;
  api: PlaneApi;
};

/** Answers whether a version may run in an environment now, signed. */
export class Admission extends Construct {
  readonly admitVersion: GovernedFunction;
  readonly answerAdmissions: GovernedFunction;
  readonly #api: PlaneApi;

  constructor(scope: Construct, id: string, props: AdmissionProps) {
    super(scope, id);
    this.admitVersion = this.#admitVersion(props);
    this.answerAdmissions = this.#answerAdmissions(props);
    this.#api = props.api;
    new PagingAlarm(this, 'DoorsStayClosed', {
      symptom: 'Admission cannot answer: no version can be deployed, and rollouts under way stand still.',
      runbook: 'admission#doors-stay-closed',
      severity: 'page',
      metric: this.admitVersion.metricErrors(),
      threshold: 3,
    });
  }

  #admitVersion(props: AdmissionProps): GovernedFunction {
    const { rules, models, evidence, signing, keySet, registry, holds, rollouts } = props;
    const step = new GovernedFunction(this, 'AdmitVersion', {
      entry: 'admission/admit-version',
      contract: admission.tasks.admitVersion,
      env: {
        REGISTRY_TABLE: registry.tableName,
        HOLD_TABLE: holds.table.tableName,
        ROLLOUT_TABLE: rollouts.tableName,
        EVIDENCE_BUCKET: evidence.bucketName,
        MODEL_BUCKET: models.bucket.bucketName,
        SIGNING_KEY_ARN: signing.key.keyArn,
        KEY_SET_KEY_ARN: keySet.rootKey.keyArn,
        STAGE: groundOf(this).stage,
        ADMISSION_RULES: JSON.stringify(rules),
      },
      // Cedar's WebAssembly module compiles once per cold start, on the share of a core that memory buys.
      memory: 1024,
    });
    registry.grantLook(step);
    holds.table.grantLook(step);
    rollouts.grantTell(step);
    models.grantReadMarks(step);
    evidence.grantKeep(step, 'admission/*');
    signing.grantSign(step);
    keySet.grantTrust(step);
    return step;
  }

  /** What the outside world reaches neither signs nor reads holds: it hands the question on. */
  #answerAdmissions({ evidence, api }: AdmissionProps): GovernedFunction {
    const reactor = new GovernedFunction(this, 'AnswerAdmissions', {
      entry: 'admission/answer-admissions',
      contract: admission.reactors.answerAdmissions,
      env: {
        ADMIT_VERSION: this.admitVersion.arn,
        EVIDENCE_BUCKET: evidence.bucketName,
        DEPLOYMENTS: deploymentsPath(groundOf(this).stage),
      },
    });
    allow(reactor, { actions: ['lambda:InvokeFunction'], resources: [this.admitVersion.arn] });
    evidence.grantGet(reactor);
    grantReach(reactor, 'look');
    api.serve(admissionApi, reactor);
    return reactor;
  }

  /** Asks for any model, version and environment: they stand in the body, where IAM does not look. */
  grantAsk(who: IGrantable): void {
    this.#api.grantAsk(who, admissionApi);
  }
}
