import { Aws, type RemovalPolicy } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { allow } from './permissions.ts';

type KeyUser = 's3' | 'dynamodb' | 'sns';

const READ = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE = [...READ, 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

/** Lets a principal read or write what the key protects, through these services only: never the key by itself. */
export const useKey = (
  who: IGrantable,
  key: IKey | undefined,
  { through, write }: { through: KeyUser; write: boolean },
): void => {
  if (key === undefined) return;
  allow(who, {
    actions: write ? WRITE : READ,
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${through}.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
  });
};

/** The key of everything the plane keeps. Alarms publish to encrypted topics, so CloudWatch may use it for that. */
export class DataKey extends Key {
  constructor(scope: Construct, id: string, { stage, removal }: { stage: string; removal: RemovalPolicy }) {
    super(scope, id, {
      description: `Clearance ${stage}: data at rest`,
      enableKeyRotation: true,
      removalPolicy: removal,
    });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsToEncryptedTopics',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}
