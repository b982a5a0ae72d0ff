import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DIGEST_SECONDS, intake } from '../../core/intake/contract.ts';
import { type EvidenceBucket, everyAttempt } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import type { GovernedTable } from '../platform/governed-table.ts';
import type { KeySet } from '../signing/key-set.ts';
import type { StageConfig } from '../stage.ts';
import type { ModelBucket } from './model-bucket.ts';

export type IntakeStepsProps = {
  config: StageConfig['intake'];
  models: ModelBucket;
  evidence: EvidenceBucket;
  attempts: GovernedTable;
  registry: GovernedTable;
  keySet: KeySet;
};

/** The steps of the workflow that intake owns, each with what it may do and no more. */
export class IntakeSteps {
  readonly #scope: Construct;
  readonly #props: IntakeStepsProps;

  constructor(scope: Construct, props: IntakeStepsProps) {
    this.#scope = scope;
    this.#props = props;
  }

  claimUpload(): GovernedFunction {
    const { attempts, config } = this.#props;
    const step = new GovernedFunction(this.#scope, 'ClaimUpload', {
      entry: 'intake/claim-upload',
      contract: intake.tasks.claimUpload,
      env: {
        INTAKE_TABLE: attempts.tableName,
        INTAKE_LIMITS: JSON.stringify(config.limits),
        LEASE_SECONDS: JSON.stringify(config.leaseSeconds),
      },
    });
    attempts.grantChange(step);
    return step;
  }

  takeInventory(): GovernedFunction {
    const { attempts, config, evidence, models, registry } = this.#props;
    const step = new GovernedFunction(this.#scope, 'TakeInventory', {
      entry: 'intake/take-inventory',
      contract: intake.tasks.takeInventory,
      env: {
        EVIDENCE_BUCKET: evidence.bucketName,
        MODEL_BUCKET: models.bucket.bucketName,
        INTAKE_TABLE: attempts.tableName,
        REGISTRY_TABLE: registry.tableName,
        INTAKE_LIMITS: JSON.stringify(config.limits),
      },
      memory: 1024,
      timeout: Duration.minutes(5),
    });
    models.grantList(step);
    models.grantReadManifests(step);
    models.grantAnswer(step);
    const { inventory, manifest, refusal } = intake.keys;
    evidence.grantKeep(step, ...[inventory, manifest, refusal].map(everyAttempt));
    attempts.grantChange(step);
    registry.grantLook(step);
    return step;
  }

  digestFiles(): GovernedFunction {
    const { attempts, config, evidence, models } = this.#props;
    const step = new GovernedFunction(this.#scope, 'DigestFiles', {
      entry: 'intake/digest-files',
      contract: intake.tasks.digestFiles,
      env: {
        EVIDENCE_BUCKET: evidence.bucketName,
        INTAKE_TABLE: attempts.tableName,
        INTAKE_LIMITS: JSON.stringify(config.limits),
      },
      // One whole core: SHA-256 is bound by it. Of bytes 256 MiB are under way at most, 470 MB of process as measured.
      memory: 1792,
      timeout: Duration.seconds(DIGEST_SECONDS),
    });
    models.grantInspect(step);
    models.grantReadMarks(step);
    evidence.grantKeep(step, ...[intake.keys.digests, intake.keys.refusal].map(everyAttempt));
    attempts.grantChange(step);
    return step;
  }

  publishVersion(): GovernedFunction {
    const { evidence, models, keySet } = this.#props;
    const step = new GovernedFunction(this.#scope, 'PublishVersion', {
      entry: 'intake/publish-version',
      contract: intake.tasks.publishVersion,
      env: {
        EVIDENCE_BUCKET: evidence.bucketName,
        MODEL_BUCKET: models.bucket.bucketName,
        KEY_SET_KEY_ARN: keySet.rootKey.keyArn,
      },
      timeout: Duration.minutes(15),
    });
    models.grantPublish(step);
    keySet.grantTrust(step);
    evidence.grantGet(step);
    return step;
  }

  answerUpload(): GovernedFunction {
    const { attempts, models } = this.#props;
    const step = new GovernedFunction(this.#scope, 'AnswerUpload', {
      entry: 'intake/answer-upload',
      contract: intake.tasks.answerUpload,
      env: { INTAKE_TABLE: attempts.tableName },
    });
    models.grantAnswer(step);
    attempts.grantChange(step);
    return step;
  }

  quarantineVersion(): GovernedFunction {
    const { attempts, evidence, models, registry } = this.#props;
    const step = new GovernedFunction(this.#scope, 'QuarantineVersion', {
      entry: 'intake/quarantine-version',
      contract: intake.tasks.quarantineVersion,
      env: {
        EVIDENCE_BUCKET: evidence.bucketName,
        INTAKE_TABLE: attempts.tableName,
        REGISTRY_TABLE: registry.tableName,
      },
      timeout: Duration.minutes(15),
    });
    models.grantList(step);
    models.grantMark(step);
    models.grantAnswer(step);
    evidence.grantGet(step);
    attempts.grantChange(step);
    registry.grantLook(step);
    return step;
  }
}
