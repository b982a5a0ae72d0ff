import { Duration, Lazy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ModelId } from '../../core/kernel/identity.ts';
import { CAPTURES, capturesOf } from '../../core/telemetry/contract.ts';
import { useKey } from '../platform/data-key.ts';
import { GovernedBucket } from '../platform/governed-bucket.ts';
import type { GovernedFunction } from '../platform/governed-function.ts';
import { allow } from '../platform/permissions.ts';
import type { StageConfig } from '../stage.ts';

type Retention = StageConfig['telemetry']['retention'];

const FILES = 'Names of capture files are chosen by whoever publishes them.';

/** Refuses these actions on everything in a bucket to everybody but the roles that are entered later. */
const denyAllBut = (
  bucket: GovernedBucket,
  sid: string,
  actions: readonly string[],
  roles: readonly string[],
): void => {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [...actions],
      resources: [bucket.arnForObjects('*')],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => [...new Set(roles)] }) } },
    }),
  );
};

/** Raw inferences, payloads included: whoever serves a model writes them, one function reads them, and they expire. */
export class CaptureBucket extends GovernedBucket {
  readonly #readers: string[] = [];

  constructor(scope: Construct, id: string, { captureDays }: Retention) {
    super(scope, id, {
      logPrefix: 'captures',
      events: true,
      lifecycle: [
        {
          id: 'payloads',
          expiration: Duration.days(captureDays),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ],
    });
    denyAllBut(this, 'NobodyReadsPayloads', ['s3:GetObject', 's3:GetObjectVersion'], this.#readers);
  }

  /** Reads a capture file by its version, and marks one that cannot be read. */
  grantCount(step: GovernedFunction): void {
    this.#readers.push(step.role.roleArn);
    allow(step, {
      actions: ['s3:GetObjectVersion', 's3:PutObjectVersionTagging'],
      resources: [this.arnForObjects(`${CAPTURES}*`)],
      because: FILES,
    });
    // Without it S3 answers that an expired file is forbidden, not that it is gone.
    allow(step, { actions: ['s3:ListBucket'], resources: [this.bucketArn] });
    useKey(step, this.encryptionKey, { through: 's3', write: false });
  }

  /** Puts capture files: those of some models, where events of other models do not count, or any. */
  grantPublish(who: IGrantable, models: readonly string[] | undefined): void {
    const folders = models === undefined ? [CAPTURES] : models.map((model) => capturesOf(ModelId.parse(model)));
    allow(who, {
      actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
      resources: folders.map((folder) => this.arnForObjects(`${folder}*`)),
      because: FILES,
    });
    useKey(who, this.encryptionKey, { through: 's3', write: true });
  }
}

const KEYS = 'Keys are made of model, version, deployment and time, or of digests; their first segment names the kind.';

/** What was counted: summaries, merged windows, baselines. */
export class TelemetryBucket extends GovernedBucket {
  readonly #writers: string[] = [];

  constructor(scope: Construct, id: string, { minuteDays, windowDays }: Retention) {
    const replaced = Duration.days(1);
    super(scope, id, {
      logPrefix: 'telemetry',
      lifecycle: [
        {
          id: 'summaries',
          prefix: 'summaries/',
          // Longer than the minutes that name them.
          expiration: Duration.days(minuteDays + 2),
          noncurrentVersionExpiration: replaced,
        },
        {
          id: 'windows',
          prefix: 'windows/',
          expiration: Duration.days(windowDays),
          noncurrentVersionExpiration: replaced,
        },
      ],
    });
    denyAllBut(this, 'OnlyTelemetryWritesCounts', ['s3:PutObject'], this.#writers);
  }

  /** Gets objects whose keys match one of `keys`. */
  grantGet(who: IGrantable, ...keys: readonly string[]): void {
    allow(who, {
      actions: ['s3:GetObject'],
      resources: keys.map((key) => this.arnForObjects(key)),
      because: KEYS,
    });
    // Without it S3 answers that a missing window is forbidden, not that it is missing.
    allow(who, { actions: ['s3:ListBucket'], resources: [this.bucketArn] });
    useKey(who, this.encryptionKey, { through: 's3', write: false });
  }

  /** Puts an object where none stands, and gets it. Whoever replaced the hash key would make every comparison wrong. */
  grantKeepOnce(step: GovernedFunction, key: string): void {
    this.#writers.push(step.role.roleArn);
    this.grantGet(step, key);
    allow(step, {
      actions: ['s3:PutObject'],
      resources: [this.arnForObjects(key)],
      conditions: { Null: { 's3:if-none-match': 'false' } },
    });
    useKey(step, this.encryptionKey, { through: 's3', write: true });
  }

  grantKeep(step: GovernedFunction, ...keys: readonly string[]): void {
    this.#writers.push(step.role.roleArn);
    this.grantGet(step, ...keys);
    allow(step, {
      actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
      resources: keys.map((key) => this.arnForObjects(key)),
      because: KEYS,
    });
    useKey(step, this.encryptionKey, { through: 's3', write: true });
  }
}
