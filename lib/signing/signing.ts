import { Duration, Lazy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { signing } from '../../core/signing/contract.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';

/** The key that verdicts are signed with, and the one function that may sign. */
export class Signing extends Construct {
  readonly key: IKey;
  readonly signVersion: GovernedFunction;

  constructor(
    scope: Construct,
    id: string,
    { evidence, existingKey }: { evidence: EvidenceBucket; existingKey: IKey | undefined },
  ) {
    super(scope, id);
    this.key = existingKey ?? this.#ownKey();
    this.signVersion = new GovernedFunction(this, 'SignVersion', {
      entry: 'signing/sign-version',
      contract: signing.tasks.signVersion,
      env: { EVIDENCE_BUCKET: evidence.bucketName, SIGNING_KEY_ARN: this.key.keyArn },
    });
    evidence.grantKeep(this.signVersion, 'signing/*');
    allow(this.signVersion, { actions: ['kms:Sign', 'kms:GetPublicKey'], resources: [this.key.keyArn] });
    new PagingAlarm(this, 'VersionsCannotBeSigned', {
      symptom: 'Model versions that passed every check cannot be signed.',
      runbook: 'signing#versions-cannot-be-signed',
      severity: 'page',
      metric: this.signVersion.metricErrors(),
      threshold: 3,
    });
  }

  #ownKey(): Key {
    const { stage, removal } = groundOf(this);
    const key = new Key(this, 'Key', {
      description: `Clearance ${stage}: signs model versions`,
      alias: `clearance/${stage}/signing`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: removal,
      pendingWindow: Duration.days(30),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheSignerSigns',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        resources: ['*'],
        conditions: {
          ArnNotEquals: { 'aws:PrincipalArn': Lazy.string({ produce: () => this.signVersion.role.roleArn }) },
        },
      }),
    );
    return key;
  }

  grantReadPublicKey(who: IGrantable): void {
    allow(who, { actions: ['kms:GetPublicKey', 'kms:DescribeKey'], resources: [this.key.keyArn] });
  }
}
