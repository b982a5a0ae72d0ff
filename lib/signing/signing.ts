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

/** The key that model versions and verdicts are signed with, and the two functions that may sign: one for each. */
export class Signing extends Construct {
  readonly key: IKey;
  readonly signVersion: GovernedFunction;
  readonly #signers: string[] = [];

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
    this.grantSign(this.signVersion);
    new PagingAlarm(this, 'VersionsCannotBeSigned', {
      symptom: 'Model versions that passed every check cannot be signed.',
      runbook: 'signing#versions-cannot-be-signed',
      severity: 'page',
      metric: this.signVersion.metricErrors(),
      threshold: 3,
    });
  }

  /**
   * Signs with the key, past the Deny of its policy. One key for models and verdicts, so that whoever checks either has
   * one public key to keep; they cannot be taken for each other, because what is signed names its predicate type, and
   * whoever opens it asks for that type.
   */
  grantSign(step: GovernedFunction): void {
    this.#signers.push(step.role.roleArn);
    allow(step, { actions: ['kms:Sign', 'kms:GetPublicKey'], resources: [this.key.keyArn] });
  }

  /** Roles that an imported key's policy should leave `kms:Sign` to. */
  get signerRoleArns(): readonly string[] {
    return this.#signers;
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
        sid: 'OnlySignersSign',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.#signers }) } },
      }),
    );
    return key;
  }

  grantReadPublicKey(who: IGrantable): void {
    allow(who, { actions: ['kms:GetPublicKey', 'kms:DescribeKey'], resources: [this.key.keyArn] });
  }
}
