import { createHash } from 'node:crypto';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, SignCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { deploy, makeQueue, nextMessage, type Probed, probe, queueArn } from '../support/probe.ts';

const versionedBucket = async (aws: Probed, Bucket: string): Promise<void> => {
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  await aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
};

probe('s3_answers_a_put_with_the_checksum', 'PutObject answers with the SHA-256 that it stored', async (aws) => {
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'checksums' }));
  const Body = 'some bytes';

  const put = await aws.s3.send(
    new PutObjectCommand({ Bucket: 'checksums', Key: 'a', Body, ChecksumAlgorithm: 'SHA256' }),
  );

  expect(put.ChecksumSHA256).toBe(createHash('sha256').update(Body).digest('base64'));
});

probe('s3_reads_ranges_of_versions', 'a range of an older version is those bytes and no more', async (aws) => {
  const at = { Bucket: 'ranges', Key: 'a' };
  await versionedBucket(aws, at.Bucket);
  const { VersionId } = await aws.s3.send(new PutObjectCommand({ ...at, Body: 'hello world' }));
  await aws.s3.send(new PutObjectCommand({ ...at, Body: 'other bytes' }));

  const part = await aws.s3.send(new GetObjectCommand({ ...at, VersionId, Range: 'bytes=6-10' }));

  expect([await part.Body?.transformToString(), part.ContentRange]).toEqual(['world', 'bytes 6-10/11']);
});

probe('s3_events_name_the_version', 'the event of a new object pins its version', async (aws) => {
  const queue = await makeQueue(aws, 'pinned');
  await deploy(aws, 'pinned', {
    B: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'pinned',
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    },
  });
  const EventPattern = JSON.stringify({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: ['pinned'] }, object: { key: [{ wildcard: 'models/*/manifest.json' }] } },
  });
  await aws.eventbridge.send(new PutRuleCommand({ Name: 'pinned', EventPattern }));
  await aws.eventbridge.send(
    new PutTargetsCommand({ Rule: 'pinned', Targets: [{ Id: 'only', Arn: queueArn('pinned') }] }),
  );

  const at = { Bucket: 'pinned', Key: 'models/a/1/manifest.json' };
  const { VersionId } = await aws.s3.send(new PutObjectCommand({ ...at, Body: '{}' }));
  const message = await nextMessage(aws, queue);

  expect(JSON.parse(message.Body ?? '').detail.object).toMatchObject({ key: at.Key, 'version-id': VersionId });
});

probe('kms_refuses_to_sign_long_messages', 'a raw message of more than 4096 bytes is not signed', async (aws) => {
  const { KeyMetadata } = await aws.kms.send(
    new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
  );

  const signing = aws.kms.send(
    new SignCommand({ KeyId: KeyMetadata?.KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: Buffer.alloc(4097) }),
  );

  await expect(signing).rejects.toMatchObject({ name: 'ValidationException' });
});

probe('stacks_configure_buckets', 'a template sets lock, encryption, lifecycle and tags of a bucket', async (aws) => {
  const Bucket = 'configured';
  await deploy(aws, Bucket, {
    B: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: Bucket,
        VersioningConfiguration: { Status: 'Enabled' },
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 7 } },
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        LifecycleConfiguration: {
          Rules: [{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }],
        },
        Tags: [{ Key: 'plane', Value: 'clearance' }],
      },
    },
  });

  const lock = await aws.s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
  const encryption = await aws.s3.send(new GetBucketEncryptionCommand({ Bucket }));
  const lifecycle = await aws.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  const tags = await aws.s3.send(new GetBucketTaggingCommand({ Bucket }));

  expect(lock.ObjectLockConfiguration?.Rule?.DefaultRetention).toMatchObject({ Mode: 'GOVERNANCE', Days: 7 });
  expect(encryption.ServerSideEncryptionConfiguration?.Rules).toHaveLength(1);
  expect(lifecycle.Rules?.[0]?.AbortIncompleteMultipartUpload).toEqual({ DaysAfterInitiation: 2 });
  expect(tags.TagSet).toEqual([{ Key: 'plane', Value: 'clearance' }]);
});

probe('stacks_configure_tables', 'a template sets expiry, recovery and encryption of a table', async (aws) => {
  const TableName = 'configured';
  await deploy(aws, 'configured-table', {
    T: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: 'alias/plane' },
      },
    },
  });

  const live = await aws.ddb.send(new DescribeTimeToLiveCommand({ TableName }));
  const backups = await aws.ddb.send(new DescribeContinuousBackupsCommand({ TableName }));
  const { Table } = await aws.ddb.send(new DescribeTableCommand({ TableName }));

  expect(live.TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
  expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
    PointInTimeRecoveryStatus: 'ENABLED',
  });
  expect(Table?.SSEDescription).toMatchObject({ Status: 'ENABLED', SSEType: 'KMS' });
});

probe('stacks_accept_inert_types', 'a template may hold a type that does nothing here', async (aws) => {
  await deploy(aws, 'inert', {
    Q: { Type: 'AWS::Logs::QueryDefinition', Properties: { Name: 'slow', QueryString: 'fields @message' } },
  });
});
