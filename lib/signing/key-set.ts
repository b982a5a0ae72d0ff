import { CustomResource, Duration, Lazy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { signing } from '../../core/signing/contract.ts';
import type { ModelBucket } from '../intake/model-bucket.ts';
import { GovernedFunction } from '../platform/governed-function.ts';
import { GovernedSchedule } from '../platform/governed-schedule.ts';
import { groundOf } from '../platform/ground.ts';
import { PagingAlarm } from '../platform/paging-alarm.ts';
import { allow } from '../platform/permissions.ts';
import type { StageConfig } from '../stage.ts';
import type { Signing } from './signing.ts';
import { keyId, SigningKey } from './signing-key.ts';

export type KeySetProps = {
  config: StageConfig['signing'];
  models: ModelBucket;
  signing: Signing;
};

type LogKey = { readonly key: IKey; readonly origin: string };

/** The list of the keys that count: the key that seals it, the function that publishes it, and who goes by it. */
export class KeySet extends Construct {
  readonly publishKeys: GovernedFunction;
  /** In the account of the stage, where it stands. */
  readonly url: string;
  readonly #keys: readonly IKey[];
  readonly #props: KeySetProps;
  #logKey: LogKey | undefined;
  #published: CustomResource | undefined;

  constructor(scope: Construct, id: string, props: KeySetProps) {
    super(scope, id);
    this.#props = props;
    const { config, models } = props;
    this.url = models.bucket.s3UrlForObject(signing.keys.keySet.current);
    const sealers = Lazy.list({ produce: () => [this.publishKeys.role.roleArn] });
    this.#keys = config.keysForSets.map(
      (number): IKey =>
        new SigningKey(this, keyId(number), {
          description: `Clearance ${groundOf(this).stage}: seals the list of the keys that count`,
          signers: sealers,
        }),
    );
    this.publishKeys = this.#publishKeys();
    // Renews what is about to expire, and shows again what somebody hid. Days are left when a call is lost.
    new GovernedSchedule(this, 'Daily', {
      every: Duration.days(1),
      target: this.publishKeys,
      description: 'The list of the keys that count is renewed before it expires',
      runbook: 'the-next-call',
    });
    new PagingAlarm(this, 'NotPublished', {
      symptom: 'The list of the keys that count cannot be renewed: when it expires, nobody takes any signature.',
      runbook: 'signing#the-key-set-is-not-published',
      severity: 'ticket',
      metric: this.publishKeys.metricErrors(),
      threshold: 1,
    });
  }

  /** The newest key that seals. */
  get rootKey(): IKey {
    return this.#keys.at(-1) as IKey;
  }

  #publishKeys(): GovernedFunction {
    const { config, models, signing: signer } = this.#props;
    const { keys, keysForSets, ...rules } = config;
    const reactor = new GovernedFunction(this, 'PublishKeys', {
      entry: 'signing/publish-keys',
      contract: signing.reactors.publishKeys,
      env: {
        MODEL_BUCKET: models.bucket.bucketName,
        SIGNING_KEY_ARN: signer.key.keyArn,
        KEY_SET_KEY_ARNS: Lazy.string({ produce: () => JSON.stringify(this.#keys.map(({ keyArn }) => keyArn)) }),
        LOG_KEY_ARN: Lazy.string({ produce: () => this.#log.key.keyArn }),
        LOG_ORIGIN: Lazy.string({ produce: () => this.#log.origin }),
        KEY_RULES: JSON.stringify(rules),
        STAGE: groundOf(this).stage,
      },
    });
    signer.grantReadPublicKey(reactor);
    models.grantPublishKeys(reactor);
    allow(reactor, {
      actions: ['kms:Sign', 'kms:GetPublicKey'],
      resources: this.#keys.map(({ keyArn }) => keyArn),
    });
    return reactor;
  }

  get #log(): LogKey {
    if (this.#logKey === undefined) throw new Error(`${this.node.path}: list the key of the audit log`);
    return this.#logKey;
  }

  /** The key of the audit log, for whoever checks that. */
  listLogKey(log: LogKey): void {
    this.#logKey = log;
    allow(this.publishKeys, { actions: ['kms:GetPublicKey'], resources: [log.key.keyArn] });
  }

  /** Published whenever the keys change, before those who sign learn of it: what they sign is known from the first. */
  publishBefore(signers: readonly GovernedFunction[]): void {
    const { config, signing: signer } = this.#props;
    const published = new CustomResource(this, 'Published', {
      resourceType: 'Custom::KeySet',
      serviceToken: this.publishKeys.arn,
      serviceTimeout: Duration.minutes(2),
      properties: {
        Keys: [signer.key.keyArn, ...this.#keys.map(({ keyArn }) => keyArn), this.#log.key.keyArn],
        Rules: JSON.stringify(config),
      },
    });
    published.node.addDependency(this.publishKeys.role);
    for (const { function: signs } of signers) signs.node.addDependency(published);
    this.#published = published;
  }

  /** The id that readers pin, as the function that sealed the set told it. */
  get rootKeyId(): string {
    if (this.#published === undefined) throw new Error(`${this.node.path}: publish the keys first`);
    return this.#published.getAttString('RootKeyId');
  }

  /** Goes by the set, and by nothing that anybody else sealed. */
  grantTrust(step: GovernedFunction): void {
    this.#props.models.grantReadKeys(step);
    allow(step, { actions: ['kms:GetPublicKey'], resources: [this.rootKey.keyArn] });
  }
}
