import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { ModelGovernance, type ModelGovernanceProps } from '../../lib/model-governance.ts';
import { may } from '../support/iam.ts';
import { findResource, planeStack, planeTemplate, resourcesOf, templateOf, unbundledApp } from '../support/plane.ts';

const theirs = (props: (stack: Stack) => Partial<ModelGovernanceProps>) => {
  const app = unbundledApp();
  const stack = new Stack(app, 'theirs');
  const plane = new ModelGovernance(stack, 'Plane', { stage: { stage: 'test' }, ...props(stack) });
  return { app, stack, plane, template: () => templateOf(app, stack) };
};

test('what exists already is used and not made again', () => {
  const { template } = theirs((stack) => ({
    modelBucket: new Bucket(stack, 'TheirBucket', { versioned: true }) as IBucket,
    dataKey: new Key(stack, 'TheirKey'),
    signingKey: Key.fromKeyArn(stack, 'TheirSigner', 'arn:aws:kms:eu-west-1:111122223333:key/signer'),
    eventBus: EventBus.fromEventBusName(stack, 'TheirBus', 'their-bus'),
    pageTopic: Topic.fromTopicArn(stack, 'TheirPages', 'arn:aws:sns:eu-west-1:111122223333:pages'),
    ticketTopic: Topic.fromTopicArn(stack, 'TheirTickets', 'arn:aws:sns:eu-west-1:111122223333:tickets'),
  }));

  const made = template();
  const count = (type: string) => resourcesOf(made, type).length;

  expect(['AWS::KMS::Key', 'AWS::Events::EventBus', 'AWS::SNS::Topic', 'AWS::S3::Bucket'].map(count)).toEqual([
    3, 0, 0, 7,
  ]);
});

test('a bucket of the same app gets the policy that fails closed', () => {
  const { template } = theirs((stack) => ({ modelBucket: new Bucket(stack, 'TheirBucket') as IBucket }));

  const [, policy] = findResource(template(), 'AWS::S3::BucketPolicy', 'TheirBucket');

  expect(JSON.stringify(policy)).toContain('NobodyReadsUnclearedBytes');
});

test('an imported bucket keeps its policy; the plane says so loudly and shows what is missing', () => {
  const { stack, plane } = theirs((owner) => ({ modelBucket: Bucket.fromBucketName(owner, 'Theirs', 'their-bucket') }));

  const sids = plane.modelBucketPolicy.map(({ sid }) => sid);

  expect(sids).toContain('NobodyReadsUnclearedBytes');
  Annotations.fromStack(stack).hasWarning('/theirs/Plane/Models', Match.stringLikeRegexp('imported'));
});

test('every role carries the permissions boundary', () => {
  const { template } = theirs((stack) => ({
    permissionsBoundary: ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'team-boundary'),
  }));

  const roles = resourcesOf(template(), 'AWS::IAM::Role');
  const unbounded = roles.filter(([, { Properties }]) => Properties.PermissionsBoundary === undefined);

  expect(roles.length).toBeGreaterThan(15);
  expect(unbounded).toEqual([]);
});

test('in a VPC every function runs in it and may attach itself to it, and nag stays content', () => {
  const { app, plane, template } = theirs((owner) => ({
    network: {
      vpc: Vpc.fromVpcAttributes(owner, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['a', 'b'],
        privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      }),
    },
  }));

  const { violations } = new AwsSolutionsChecks(app).validateScope(plane);
  const synthesised = template();
  const functions = resourcesOf(synthesised, 'AWS::Lambda::Function');
  const [role] = findResource(synthesised, 'AWS::IAM::Role', 'ClaimUploadRole');

  expect(functions.filter(([, { Properties }]) => Properties.VpcConfig === undefined)).toEqual([]);
  expect(may(synthesised, role, { action: 'ec2:CreateNetworkInterface', resource: '*' })).toBe(true);
  expect(resourcesOf(synthesised, 'AWS::EC2::SecurityGroup')).toHaveLength(1);
  expect(violations).toEqual([]);
});

const STATEFUL = new Set(['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::Logs::LogGroup']);
const kept = (template: ReturnType<typeof planeTemplate>) =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => STATEFUL.has(Type))
    .map(([id, { DeletionPolicy }]) => [id, DeletionPolicy]);

test('a stage that retains keeps every bucket, table, key and log, and nobody deletes it by accident', () => {
  const { app, stack } = planeStack();
  const policies = new Set(kept(templateOf(app, stack)).map(([, policy]) => policy));

  expect([...policies]).toEqual(['Retain']);
  expect(stack.terminationProtection).toBe(true);
});

test('a stage that destroys leaves nothing behind', () => {
  const template = planeTemplate({ removal: 'destroy', evidence: { lockDays: 0 } });
  const policies = new Set(kept(template).map(([, policy]) => policy));

  expect([...policies]).toEqual(['Delete']);
});

test('evidence is locked for the days that the stage says', () => {
  const template = planeTemplate({ evidence: { lockDays: 30 } });
  const [, { Properties }] = findResource(template, 'AWS::S3::Bucket', 'Evidence');

  expect(Properties.ObjectLockConfiguration).toEqual({
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Days: 30, Mode: 'GOVERNANCE' } },
  });
});

test('uploads and executions reach what handles them, matched by source and type', () => {
  const template = planeTemplate();
  const patterns = resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties.EventPattern);

  expect(patterns.length).toBeGreaterThan(4);
  for (const pattern of patterns)
    expect(pattern).toMatchObject({
      source: expect.arrayContaining([expect.any(String)]),
      'detail-type': expect.arrayContaining([expect.any(String)]),
    });
});

test('an alarm may publish to the topics it pages through', () => {
  const template = planeTemplate();

  for (const [, { Properties }] of resourcesOf(template, 'AWS::SNS::TopicPolicy'))
    expect(Properties.PolicyDocument).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
        }),
      ]),
    });
});
