import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { groundOf } from './ground.ts';
import { accept } from './permissions.ts';

export type GovernedBucketProps = {
  /** The folder of the access-log bucket that says what was done here. */
  logPrefix: string;
  /** Days during which no version can be deleted without `s3:BypassGovernanceRetention`. */
  lockDays?: number;
  /** `compliance`: nobody can, the root user of the account included, and the days cannot be shortened. */
  lockMode?: 'governance' | 'compliance';
  /** Reports every object event to EventBridge. */
  events?: boolean;
  lifecycle?: LifecycleRule[];
};

/** Parts of an upload that was given up cost money and are seen by nobody. */
const forgottenParts: LifecycleRule = { id: 'forgotten-parts', abortIncompleteMultipartUploadAfter: Duration.days(7) };

/** A private, versioned, encrypted bucket that only TLS reaches. */
export class GovernedBucket extends Bucket {
  constructor(scope: Construct, id: string, props: GovernedBucketProps) {
    const { accessLogs, dataKey, removal } = groundOf(scope);
    const { logPrefix, lockDays, lockMode = 'governance', events = false, lifecycle = [] } = props;
    super(scope, id, {
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: dataKey,
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: removal,
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: `${logPrefix}/`,
      lifecycleRules: [forgottenParts, ...lifecycle],
      ...(lockDays === undefined
        ? {}
        : {
            objectLockEnabled: true,
            objectLockDefaultRetention: ObjectLockRetention[lockMode](Duration.days(lockDays)),
          }),
    });
    // CDK's own switch brings a custom resource with a function of its own for this one property.
    if (events) {
      const bucket = this.node.defaultChild as CfnBucket;
      bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }
}

/** Where the other buckets write who did what. S3 delivers logs only under a key of its own. */
export class AccessLogBucket extends Bucket {
  constructor(scope: Construct, id: string, { removal, days }: { removal: RemovalPolicy; days: number }) {
    super(scope, id, {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: removal,
      lifecycleRules: [
        forgottenParts,
        { id: 'expired', expiration: Duration.days(days), noncurrentVersionExpiration: Duration.days(1) },
      ],
    });
    accept(this, 'S1', 'This bucket holds the access logs of the others; logging itself would never end.');
  }
}
