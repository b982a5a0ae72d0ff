import { Lazy } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { signing } from '../../core/signing/contract.ts';
import type { EvidenceBucket } from '../platform/evidence-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import { keyId, SigningKey } from './signing-key.ts';

export type SigningProps = {
  evidence: EvidenceBucket;
  existingKey: IKey | undefined;
  /** Own keys by number, oldest first; the last one signs. */
  keys: readonly number[];
};

/** The key that model versions and verdicts are signed with, and the two functions that may sign: one for each. */
export class Signing extends Construct {
  readonly key: IKey;
  readonly signVersion: GovernedFunction;
  readonly #signers: GovernedFunction[] = [];
  /** The key in use, and the one before it: a function is changed after its policy, and signs with the old one until then. */
  readonly #usable: readonly IKey[];

  constructor(scope: Construct, id: string, { evidence, existingKey, keys }: SigningProps) {
    super(scope, id);
    const own = existingKey === undefined ? this.#ownKeys(keys) : [existingKey];
    this.#usable = own.slice(-2);
    this.key = own.at(-1) as IKey;
    if (existingKey === undefined) this.#nameKey();
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
    this.#signers.push(step);
    allow(step, { actions: ['kms:Sign', 'kms:GetPublicKey'], resources: this.#usable.map(({ keyArn }) => keyArn) });
  }

  /** The functions that sign. */
  get signers(): readonly GovernedFunction[] {
    return this.#signers;
  }

  /** Roles that an imported key's policy should leave `kms:Sign` to. */
  get signerRoleArns(): readonly string[] {
    return this.#signers.map(({ role }) => role.roleArn);
  }

  #ownKeys(numbers: readonly number[]): IKey[] {
    const { stage } = groundOf(this);
    const signers = Lazy.list({ produce: () => [...this.signerRoleArns] });
    return numbers.map(
      (number, index): IKey =>
        new SigningKey(this, keyId(number), {
          description: `Clearance ${stage}: signs model versions`,
          signers,
          enabled: index >= numbers.length - 2,
        }),
    );
  }

  /** Below the first key, whether that is there or not: an alias of the same name elsewhere is another one, and refused. */
  #nameKey(): void {
    const place = this.node.tryFindChild(keyId(1)) ?? new Construct(this, keyId(1));
    new Alias(place as Construct, 'Alias', {
      aliasName: `alias/clearance/${groundOf(this).stage}/signing`,
      targetKey: this.key,
    });
  }

  grantReadPublicKey(who: IGrantable): void {
    allow(who, { actions: ['kms:GetPublicKey', 'kms:DescribeKey'], resources: [this.key.keyArn] });
  }
}
