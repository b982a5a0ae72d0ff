import { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { metrics } from '../../core/kernel/metrics.ts';
import { deploymentsPath } from '../../core/rollout/contract.ts';
import { RUN_SECONDS, verification } from '../../core/verification/contract.ts';
import type { Holds } from '../hold/hold.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { GovernedSchedule } from '../platform/governed-schedule.ts';
import { GovernedTable } from '../platform/governed-table.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import { planeMetric } from '../platform/plane-metric.ts';
import { INVERSE_INDEX } from '../registry/registry.ts';
import type { RolloutTable } from '../rollout/rollout-table.ts';
import { grantReach } from '../rollout/target-reach.ts';
import type { KeySet } from '../signing/key-set.ts';
import type { StageConfig } from '../stage.ts';

export type VerificationProps = {
  config: StageConfig['verification'];
  models: ModelBucket;
  evidence: EvidenceBucket;
  keySet: KeySet;
  registry: GovernedTable;
  rollouts: RolloutTable;
  holds: Holds;
};

/** Looks at registered versions for as long as they stand. What is altered is held, and kept from its readers. */
export class Verification extends Construct {
  readonly table: GovernedTable;
  readonly verifyVersions: GovernedFunction;

  constructor(scope: Construct, id: string, props: VerificationProps) {
    super(scope, id);
    const { everyMinutes } = props.config;
    // Without an outbox: its facts leave by that of holds, and a table less is streamed.
    this.table = new GovernedTable(this, 'Table', { indexes: [], facts: false });
    this.verifyVersions = this.#verifyVersions(props);
    new GovernedSchedule(this, 'Look', {
      every: Duration.minutes(everyMinutes),
      target: this.verifyVersions,
      description: 'Registered versions are looked at again',
      runbook: 'the-next-call',
    });
    this.#raiseAlarms(everyMinutes);
  }

  #verifyVersions({ config, models, evidence, keySet, registry, rollouts, holds }: VerificationProps) {
    const { stage } = groundOf(this);
    const { everyMinutes: _, ...rules } = config;
    const reactor = new GovernedFunction(this, 'VerifyVersions', {
      entry: 'verification/verify-versions',
      contract: verification.reactors.verifyVersions,
      env: {
        VERIFICATION_TABLE: this.table.tableName,
        VERIFICATION_RULES: JSON.stringify(rules),
        REGISTRY_TABLE: registry.tableName,
        ROLLOUT_TABLE: rollouts.tableName,
        HOLD_TABLE: holds.table.tableName,
        PLACE_HOLD: holds.placeHold.arn,
        MODEL_BUCKET: models.bucket.bucketName,
        EVIDENCE_BUCKET: evidence.bucketName,
        KEY_SET_KEY_ARN: keySet.rootKey.keyArn,
        DEPLOYMENTS: deploymentsPath(stage),
        STAGE: stage,
      },
      // One whole core: SHA-256 is bound by it.
      memory: 1792,
      timeout: Duration.seconds(RUN_SECONDS + 60),
    });
    this.table.grantChange(reactor);
    registry.grantLook(reactor, { index: INVERSE_INDEX });
    rollouts.grantList(reactor);
    holds.table.grantLook(reactor);
    holds.table.grantTell(reactor);
    allow(reactor, { actions: ['lambda:InvokeFunction'], resources: [holds.placeHold.arn] });
    models.grantVerify(reactor);
    evidence.grantKeep(reactor, 'verification/*');
    keySet.grantTrust(reactor);
    grantReach(reactor, 'look');
    return reactor;
  }

  #raiseAlarms(everyMinutes: number): void {
    const between = Duration.minutes(Math.max(groundOf(this).alarmPeriod.toMinutes(), everyMinutes));
    new PagingAlarm(this, 'VersionsAreUnverified', {
      symptom: 'Registered versions cannot be verified, or their bytes wait too long to be hashed again.',
      runbook: 'verification#versions-are-not-verified',
      severity: 'ticket',
      metric: planeMetric(this, metrics.versionsUnverified, { statistic: 'Maximum', period: between }),
      threshold: 1,
      periods: 2,
      ownPeriod: true,
    });
    const patience = Duration.minutes(Math.max(30, 4 * everyMinutes));
    new PagingAlarm(this, 'NobodyVerifies', {
      symptom: 'Registered versions have not been looked at for a long time: tampering with them goes unseen.',
      runbook: 'verification#nobody-verifies',
      severity: 'page',
      metric: planeMetric(this, metrics.verificationAge, { statistic: 'Maximum', period: patience }),
      threshold: patience.toSeconds(),
      ownPeriod: true,
      silenceTells: true,
    });
  }

  /** Has a version looked at now, which a person may have mended. */
  grantOperate(who: IGrantable): void {
    allow(who, { actions: ['lambda:InvokeFunction'], resources: [this.verifyVersions.arn] });
  }
}
